// A punktfunk-desktop process and the socket it takes orders on.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/runtime/unique_fd.h"
#include "desktop/protocol.h"

namespace pf::display::desktop {

// What the desktop says. Anything else on the socket is ErrorKind::malformed.
using DesktopNews =
    std::variant<pf_desktop_ready, pf_desktop_mode, pf_desktop_output, pf_desktop_command_ended>;

// Checks size, kind and text of one packet. OUTPUT_READY comes as pf_desktop_mode, OUTPUT_FAILED as
// pf_desktop_output.
Result<DesktopNews> parse_desktop_news(const void* packet, std::size_t size_bytes);

// One thread. Not movable: it is made once and owned by its display.
class DesktopProcess {
 public:
  // `arguments` follow the program's name; --control-fd is added.
  static Result<std::unique_ptr<DesktopProcess>> start(const std::string& program,
                                                       const std::vector<std::string>& arguments,
                                                       const std::vector<std::string>& command);
  // Ends it: closes the socket, waits up to a second, then kills its process group. Reaps it.
  ~DesktopProcess();
  DesktopProcess(const DesktopProcess&) = delete;
  DesktopProcess& operator=(const DesktopProcess&) = delete;

  pid_t pid() const noexcept { return pid_; }

  // `passed` (-1: none) stays ours. `lost` once it has gone.
  Result<void> tell(const void* message, std::size_t size_bytes, int passed = -1);

  // The next packet; empty when none comes within `patience`. `lost` once it has gone.
  Result<std::optional<DesktopNews>> hear(Nanos patience);

 private:
  DesktopProcess(pid_t pid, UniqueFd control) noexcept : pid_(pid), control_(std::move(control)) {}
  Failure gone();
  bool reap(Nanos patience) noexcept;

  pid_t pid_;
  UniqueFd control_;
  std::optional<int> wait_status_;  // once reaped
};

}  // namespace pf::display::desktop
