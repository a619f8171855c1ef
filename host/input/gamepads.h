// One session's gamepads: events and reports of its client go in, in any order and from either
// protocol, and what a GamepadSink expects comes out: a plug before anything else, whole states,
// nothing of a pad that is not there.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/input/sound_event.h"
#include "core/message/input_event.h"
#include "host/input/gamepad_sink.h"
#include "host/input/input_sink.h"

namespace pf::input {

// Any thread.
class Gamepads {
 public:
  // `session` is what the log calls it: "session 3". The sink is opened by the first pad; where
  // there is none to be had, that is said once and all else is `unsupported`.
  Gamepads(std::string session, OpenGamepads open, TellPad tell)
      : session_(std::move(session)), open_(std::move(open)), tell_(std::move(tell)) {}

  // An event of Device::gamepad. A pad's arrival for one that is there changes nothing; whatever
  // else is said of one that is not there plugs it in.
  Injected inject(const message::InputEvent& event) noexcept;

  // What its client told; counts when the pad is plugged in, which follows.
  void describe(std::uint8_t pad, const PadAbilities& abilities);
  // Of a pad that is still to be plugged in it counts then: clients tell it once, right after the
  // arrival, which may wait for a desktop's devices to be opened.
  void set_battery(std::uint8_t pad, const PadBattery& battery);
  // Of a pad that is not there: nothing happens.
  void touch(std::uint8_t pad, const PadContact& contact);
  void move(std::uint8_t pad, const PadMotion& motion);

 private:
  struct Pad {
    bool plugged = false;
    PadAbilities abilities;
    std::optional<PadBattery> battery;  // until it is plugged in
    PadState state;
  };

  bool open_locked();
  void plug_locked(std::uint8_t number, message::GamepadKind kind);
  template <class Call>
  void of_plugged(std::uint8_t number, Call call);

  const std::string session_;
  const OpenGamepads open_;
  const TellPad tell_;
  std::mutex mutex_;
  bool tried_ = false;                 // under mutex_, as all below
  std::unique_ptr<GamepadSink> sink_;  // empty: not opened yet, or not to be had
  std::array<Pad, kMaxPads> pads_;
};

// The event of a pad on which nothing is held any more.
message::InputEvent neutral_pad(unsigned pad) noexcept;

// A sink that gives events of gamepads to `pads`, which outlives it, and the others to `desktop`.
std::unique_ptr<InputSink> with_gamepads(std::unique_ptr<InputSink> desktop, Gamepads& pads);

}  // namespace pf::input
