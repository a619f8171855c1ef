// Where a client's gamepads become devices, and what programs do to them on its way back.
//
// Gamepads are the kernel's (uinput, uhid), not a desktop's: they outlive a desktop that has to be
// opened again, and they have an interface of their own beside InputSink. All values are in the
// terms of the real pad at the client, whatever protocol brought them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <variant>

#include "core/base/result.h"
#include "core/message/media.h"

namespace pf::input {

// What the real pad can do, as far as its client told; nothing told: a client that cannot tell.
struct PadAbilities {
  bool analog_triggers = false, rumble = false, trigger_rumble = false;
  bool touchpad = false, second_touchpad = false;
  bool accelerometer = false, gyroscope = false, battery = false, light = false;
  bool operator==(const PadAbilities&) const = default;
};

// Everything that is held and how far: a snapshot. Buttons: docs/protocol/punktfunk1.md
// section 16.2.
struct PadState {
  std::uint32_t buttons = 0;
  std::uint8_t left_trigger = 0, right_trigger = 0;
  std::int16_t left_x = 0, left_y = 0, right_x = 0, right_y = 0;  // up and right are positive
  bool operator==(const PadState&) const = default;
};

// A finger on a touch surface of the pad.
struct PadContact {
  enum class Phase : std::uint8_t { hover, down, move, up, cancel, cancel_all } phase = Phase::down;
  std::uint8_t surface = 0;  // 0 the only one, or the first
  std::uint32_t finger = 0;
  float x = 0, y = 0;  // 0 … 1 of the surface, y downwards
  float pressure = 0;  // 0 … 1; 0: not known
};

enum class PadSensor : std::uint8_t { accelerometer, gyroscope };
struct PadMotion {
  PadSensor sensor = PadSensor::accelerometer;
  std::array<float, 3> value{};  // m/s², or degrees per second; right, up, towards the player
};

struct PadBattery {
  enum class State : std::uint8_t {
    unknown,
    absent,
    discharging,
    charging,
    not_charging,
    full,
  } state = State::unknown;
  std::optional<std::uint8_t> percent;
};

// What programs do to a pad. Each counts until the next of its kind.
struct PadRumbleWish {
  std::uint16_t low_frequency = 0, high_frequency = 0;  // strength of the two motors
};
struct PadTriggerRumbleWish {
  std::uint16_t left = 0, right = 0;
};
struct PadMotionWish {
  PadSensor sensor = PadSensor::accelerometer;
  std::uint16_t rate_hz = 0;  // 0: nobody wants it
};
struct PadLightWish {
  std::uint8_t red = 0, green = 0, blue = 0;
};
struct PadTriggerEffectWish {
  bool left = false;      // else the right trigger
  std::uint8_t kind = 0;  // as a DualSense understands it, with its parameters
  std::array<std::byte, 10> parameters{};
};
struct PadFeedback {
  std::uint8_t pad = 0;
  std::variant<PadRumbleWish, PadTriggerRumbleWish, PadMotionWish, PadLightWish,
               PadTriggerEffectWish>
      wish;
};
// Any thread; at once.
using TellPad = std::function<void(const PadFeedback&)>;

// The pads of one session, by their number below input::kMaxPads. One call at a time; none of them
// blocks: what cannot be passed on now is dropped or kept here, the newest state in any case.
// Everything is about pads that are plugged in. They are unplugged when the sink ends.
class GamepadSink {
 public:
  virtual ~GamepadSink() = default;
  virtual void plug(std::uint8_t pad, message::GamepadKind kind, const PadAbilities& abilities) = 0;
  virtual void unplug(std::uint8_t pad) = 0;
  virtual void set_state(std::uint8_t pad, const PadState& state) = 0;
  virtual void touch(std::uint8_t pad, const PadContact& contact) = 0;
  virtual void move(std::uint8_t pad, const PadMotion& motion) = 0;
  virtual void set_battery(std::uint8_t pad, const PadBattery& battery) = 0;
};

// For one session, when its first pad is plugged in. At once, whatever devices take to be made.
// `unavailable`, with a sentence for the operator: this host has no devices for pads. `tell`
// outlives the sink.
using OpenGamepads = std::function<Result<std::unique_ptr<GamepadSink>>(TellPad tell)>;

}  // namespace pf::input
