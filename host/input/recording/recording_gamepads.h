// A GamepadSink that notes what it is told, for tests, and through which a test does to the pads
// what a game would.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "host/input/gamepad_sink.h"

namespace pf::input::recording {

// Outlives the sinks of the sessions that have it. Any thread.
class PadRecording {
 public:
  struct Pad {
    message::GamepadKind kind = message::GamepadKind::automatic;
    PadAbilities abilities;
    std::vector<PadState> states;
    std::vector<PadContact> contacts;
    std::vector<PadMotion> motions;
    std::vector<PadBattery> batteries;
    unsigned plugged = 0, unplugged = 0;  // times
  };
  Pad pad(std::uint8_t number) const;
  unsigned opened() const;  // sinks so far

  // To the session whose sink was opened last; nothing happens where that is gone.
  void tell(const PadFeedback& feedback) const;

 private:
  friend class RecordingGamepads;
  mutable std::mutex mutex_;
  std::map<std::uint8_t, Pad> pads_;
  TellPad tell_;
  unsigned opened_ = 0;
};

OpenGamepads open_gamepads(std::shared_ptr<PadRecording> recording);

}  // namespace pf::input::recording
