// One program of ours that dies with us, whatever we die of: the kernel ends it when the thread
// that started it is gone. So it is started by the thread that supervises it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/runtime/doorbell.h"
#include "core/runtime/unique_fd.h"

namespace pf::audio::pipewire {

// Whose program it is. Root may start it as another user; everybody else as himself.
struct ProgramUser {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
};
// `refused` when there is no such user, or when we are not root.
Result<ProgramUser> find_user(const std::string& name);

struct ChildSpec {
  std::string program;                   // looked for in $PATH
  std::vector<std::string> environment;  // all of it: "NAME=value"
  std::string log_path;                  // of its words, begun anew
  std::optional<ProgramUser> user;       // none: ours
};

// One thread.
class ChildProgram {
 public:
  static Result<ChildProgram> start(const ChildSpec& spec);
  ~ChildProgram();  // asks, waits up to a second, kills, reaps
  ChildProgram(ChildProgram&& other) noexcept;
  ChildProgram& operator=(ChildProgram&&) = delete;

  // Until it has ended, a ring or the end of `patience`. `lost` once it has ended,
  // `refused` when it is not installed.
  Result<void> wait(Doorbell& bell, Nanos patience);

 private:
  ChildProgram(std::string name, pid_t pid, UniqueFd process) noexcept
      : name_(std::move(name)), pid_(pid), process_(std::move(process)) {}
  bool ended_within(Nanos patience) const noexcept;

  std::string name_;
  pid_t pid_;         // 0: reaped, or moved away
  UniqueFd process_;  // a pidfd
};

}  // namespace pf::audio::pipewire
