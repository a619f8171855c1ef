// Both ends' rules for changing the screen's mode in mid-stream.
//
// A window that is dragged larger asks for a hundred modes; each costs the host a rebuilt display,
// encoder and a key frame. So the host accepts one every 500 ms, and the client asks for its newest
// size at that pace and asks again when it was refused: the last size always wins. Pure; time is an
// argument. Source: docs/protocol/punktfunk1.md sections 3.5, 6.1.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/display_mode.h"
#include "core/base/time.h"
#include "core/message/control_message.h"

namespace pf::control {

// What a host can show at all; both sizes included.
struct ModeLimits {
  SizePx smallest_px;
  SizePx largest_px;
  std::uint32_t highest_refresh_hz = 0;
};

// The host's side. A request is answered before anything is rebuilt; if the rebuilt pipeline ends
// up in another mode, a second, corrective answer follows.
class ModeSwitch {
 public:
  static constexpr Nanos kSpacing = milliseconds(500);  // between accepted switches

  // Without limits the mode is locked: the session mirrors a screen that is somebody else's.
  ModeSwitch(const DisplayMode& mode, const std::optional<ModeLimits>& limits) noexcept
      : mode_(mode), limits_(limits) {}

  struct Answer {
    message::Reconfigured message;
    bool rebuild = false;  // the pipeline is to have message.mode from now on
  };
  Answer on_request(const DisplayMode& wanted, LocalTime now) noexcept;

  // The pipeline works in `mode`; `asked` is the switch it was rebuilt for, empty when it was
  // rebuilt for another reason. Empty: the client knows it already, or a newer switch is under way.
  std::optional<message::Reconfigured> on_built(const std::optional<DisplayMode>& asked,
                                                const DisplayMode& mode) noexcept;

  // As the client was told last.
  const DisplayMode& mode() const noexcept { return mode_; }

 private:
  bool possible(const DisplayMode& mode) const noexcept;

  DisplayMode mode_;
  std::optional<ModeLimits> limits_;
  std::optional<LocalTime> accepted_at_;
  std::optional<DisplayMode> under_way_;  // accepted, not yet built
};

// The client's side.
class ModeRequests {
 public:
  static constexpr Nanos kSpacing = milliseconds(500);  // between requests, as hosts demand
  // A host answers within a round trip; one that does not is asked again.
  static constexpr Nanos kAnswerPatience = seconds(2);
  // "Too early" and "never" look alike. A request at our pace can be too early once, or twice on a
  // network that bunches packets; after this many it is taken as a no.
  static constexpr int kMaxAttempts = 4;

  explicit ModeRequests(const DisplayMode& in_force) noexcept : in_force_(in_force) {}

  // The host grants what it likes: the mode of its Welcome is in force.
  void on_welcome(const DisplayMode& mode) noexcept { in_force_ = mode; }
  void want(const DisplayMode& mode) noexcept;

  struct News {
    bool accepted = false;  // false: the host keeps `mode`, and will not be asked again
    DisplayMode mode;       // in force
  };
  std::optional<News> on_answer(const message::Reconfigured& answer) noexcept;

  // What to send now.
  std::optional<message::Reconfigure> poll(LocalTime now) noexcept;
  std::optional<LocalTime> next_timeout() const noexcept;

 private:
  DisplayMode in_force_;
  std::optional<DisplayMode> wanted_;  // the newest, until it was granted or is given up
  std::optional<DisplayMode> asked_;   // sent, not yet answered
  std::optional<LocalTime> asked_at_;  // the newest request
  int attempts_ = 0;                   // to get wanted_
};

}  // namespace pf::control
