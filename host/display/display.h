// A virtual display: an output of exactly the client's mode on some compositor, for as long as this
// object lives. It hands out targets, which are plain values, so that any capture backend that
// understands a target can be paired with any compositor and no backend includes another.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/base/display_mode.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/runtime/unique_fd.h"
#include "host/config/host_config.h"

namespace pf::display {

// A capture channel of punktfunk-desktop (desktop/protocol.h, part 2): this end of a SOCK_SEQPACKET
// pair on which composited buffers are announced. Whoever captures owns it; closing it ends the
// capture.
struct DesktopCapture {
  UniqueFd channel;
};

// An output of any compositor that serves wlr-screencopy-unstable-v1.
struct WlrOutput {
  std::string wayland_socket;  // absolute path
  std::string output_name;
};

// Nothing to capture: the synthetic source draws a picture of this mode itself.
struct SyntheticOutput {
  DisplayMode mode;
};

using CaptureTarget = std::variant<DesktopCapture, WlrOutput, SyntheticOutput>;

// The seat of a compositor that serves wlr-virtual-pointer-unstable-v1 and
// virtual-keyboard-unstable-v1. Positions are those of the output.
struct WaylandSeat {
  std::string wayland_socket;  // absolute path
  std::string output_name;
  // A touch channel of punktfunk-desktop (desktop/protocol.h, part 3); empty: no touch. Whoever
  // injects owns it.
  UniqueFd touch;
};

// Nobody listens.
struct NoInput {};

using InputTarget = std::variant<WaylandSeat, NoInput>;

enum class CaptureWay : std::uint8_t {
  best,        // whatever costs this display the least
  screencopy,  // as any Wayland tool would: wlr-screencopy-unstable-v1
};

struct DisplayRequest {
  DisplayMode mode;
  std::vector<std::string> command;  // started in the display and ended with it; empty: none
  std::string run_as;                // user name the desktop and the command run as; empty: ours
  std::string folder;                // where the command starts; empty: where we did
  bool outlives_command = false;     // its end is no end of the display
  // What the command's surroundings need, for whoever holds the display: done before it is opened,
  // undone once it has gone for good.
  std::vector<config::PrepStep> prep{};
  // The display of before gives no pictures although it looks alive: it is not to be had again.
  bool anew = false;
};

// All calls from one thread.
class VirtualDisplay {
 public:
  virtual ~VirtualDisplay() = default;  // removes the output and ends what was started for it
  // In place: what runs in the display goes on. `refused`: this display cannot have that mode and
  // keeps the one it has.
  virtual Result<void> set_mode(const DisplayMode& mode) = 0;
  virtual DisplayMode mode() const noexcept = 0;  // in force
  // A new one for each capture that is opened. `unavailable` when this display cannot be captured
  // in that way.
  virtual Result<CaptureTarget> capture_target(CaptureWay way) = 0;
  // A new one for each sink that is opened.
  virtual Result<InputTarget> input_target() { return InputTarget(NoInput{}); }
  // Looks at what the compositor said since: `lost` once it has gone, `refused` with a sentence
  // once the command has ended. Never blocks.
  virtual Result<void> check() = 0;
  // Its refreshes come so much later from now on; negative: earlier. False: not to be had.
  virtual bool shift_refresh(Nanos /*later*/) { return false; }
  // Process id of the compositor for accounting its CPU time, 0 where there is none of its own.
  virtual int process_id() const noexcept { return 0; }
};

struct DisplayBackend {
  const char* name;
  // Whether requests like this one can be served, as far as can be said without opening anything:
  // `unavailable` when this machine lacks something, `refused` when the command or the user does
  // not exist.
  std::function<Result<void>(const DisplayRequest& typical)> probe;
  std::function<Result<std::unique_ptr<VirtualDisplay>>(const DisplayRequest&)> open;
};

}  // namespace pf::display
