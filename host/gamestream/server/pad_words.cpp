#include "host/gamestream/server/pad_words.h"

#include <optional>

namespace pf::gamestream {
namespace {

input::PadAbilities abilities_of(const PadArrival& arrival) {
  const auto can = [&](unsigned bit) { return (arrival.capabilities & bit) != 0; };
  return {.analog_triggers = can(0x01),
          .rumble = can(0x02),
          .trigger_rumble = can(0x04),
          .touchpad = can(0x08),
          .second_touchpad = can(0x100),
          .accelerometer = can(0x10),
          .gyroscope = can(0x20),
          .battery = can(0x40),
          .light = can(0x80)};
}

// Empty: a button without a finger, which comes with the pad's state as well.
std::optional<input::PadContact::Phase> phase_of(ContactEvent event) {
  using Phase = input::PadContact::Phase;
  switch (event) {
    case ContactEvent::hover:
      return Phase::hover;
    case ContactEvent::down:
      return Phase::down;
    case ContactEvent::move:
      return Phase::move;
    case ContactEvent::up:
    case ContactEvent::hover_leave:
      return Phase::up;
    case ContactEvent::cancel:
      return Phase::cancel;
    case ContactEvent::cancel_all:
      return Phase::cancel_all;
    case ContactEvent::button_only:
      break;
  }
  return std::nullopt;
}

struct PassOn {
  input::Gamepads& gamepads;

  void operator()(const PadArrival& arrival) const {
    gamepads.describe(arrival.pad, abilities_of(arrival));
  }
  void operator()(const PadTouchpad& touch) const {
    const auto phase = phase_of(touch.event);
    if (!phase) return;
    gamepads.touch(touch.pad, {.phase = *phase,
                               .surface = touch.surface,
                               .finger = touch.pointer_id,
                               .x = touch.x,
                               .y = touch.y,
                               .pressure = touch.pressure});
  }
  void operator()(const PadSensor& sensor) const {
    gamepads.move(sensor.pad, {.sensor = sensor.gyro ? input::PadSensor::gyroscope
                                                     : input::PadSensor::accelerometer,
                               .value = sensor.value});
  }
  void operator()(const PadBattery& battery) const {
    using State = input::PadBattery::State;
    const bool known = battery.state <= static_cast<std::uint8_t>(State::full);
    gamepads.set_battery(battery.pad,
                         {.state = known ? static_cast<State>(battery.state) : State::unknown,
                          .percent = battery.percent});
  }
};

struct InWordsOfClients {
  std::uint16_t pad;

  HostControl operator()(const input::PadRumbleWish& wish) const {
    return PadRumble{
        .pad = pad, .low_frequency = wish.low_frequency, .high_frequency = wish.high_frequency};
  }
  HostControl operator()(const input::PadTriggerRumbleWish& wish) const {
    return PadTriggerRumble{.pad = pad, .left = wish.left, .right = wish.right};
  }
  HostControl operator()(const input::PadMotionWish& wish) const {
    const bool gyro = wish.sensor == input::PadSensor::gyroscope;
    return PadMotionRequest{
        .pad = pad, .rate_hz = wish.rate_hz, .kind = static_cast<std::uint8_t>(gyro ? 2 : 1)};
  }
  HostControl operator()(const input::PadLightWish& wish) const {
    return PadLed{.pad = pad, .red = wish.red, .green = wish.green, .blue = wish.blue};
  }
  HostControl operator()(const input::PadTriggerEffectWish& wish) const {
    PadTriggerEffects effects{.pad = pad, .which = static_cast<std::uint8_t>(wish.left ? 8 : 4)};
    (wish.left ? effects.left_kind : effects.right_kind) = wish.kind;
    (wish.left ? effects.left : effects.right) = wish.parameters;
    return effects;
  }
};

}  // namespace

void pass_on(const PadReport& report, input::Gamepads& gamepads) {
  std::visit(PassOn{gamepads}, report);
}

HostControl in_words_of_clients(const input::PadFeedback& feedback) {
  return std::visit(InWordsOfClients{feedback.pad}, feedback.wish);
}

}  // namespace pf::gamestream
