#include "host/input/gamepads.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/runtime/log.h"

namespace pf::input {
namespace {

using message::GamepadKind;
using message::InputEvent;
using message::InputKind;

// Two sticks' axes in one number, x above y (docs/protocol/punktfunk1.md section 9.1, kind 12).
std::int16_t high_half(std::int32_t both) {
  return static_cast<std::int16_t>(static_cast<std::uint32_t>(both) >> 16);
}
std::int16_t low_half(std::int32_t both) { return static_cast<std::int16_t>(both & 0xFFFF); }

PadState state_of(const InputEvent& event) {
  return {.buttons = event.code,
          .left_trigger = static_cast<std::uint8_t>(event.flags >> 16),
          .right_trigger = static_cast<std::uint8_t>(event.flags >> 8),
          .left_x = high_half(event.x),
          .left_y = low_half(event.x),
          .right_x = high_half(event.y),
          .right_y = low_half(event.y)};
}

void set_axis(PadState& state, std::uint32_t axis, std::int32_t value) {
  using Limits = std::numeric_limits<std::int16_t>;
  const auto stick =
      static_cast<std::int16_t>(std::clamp<std::int32_t>(value, Limits::min(), Limits::max()));
  const auto trigger = static_cast<std::uint8_t>(std::clamp(value, 0, 255));
  std::int16_t* const sticks[] = {&state.left_x, &state.left_y, &state.right_x, &state.right_y};
  if (axis < std::size(sticks)) {
    *sticks[axis] = stick;
  } else {
    (axis == std::size(sticks) ? state.left_trigger : state.right_trigger) = trigger;
  }
}

class SinkWithPads final : public InputSink {
 public:
  SinkWithPads(std::unique_ptr<InputSink> desktop, Gamepads& pads)
      : desktop_(std::move(desktop)), pads_(pads) {}

  Injected inject(const InputEvent& event) noexcept override {
    return device_of(event.kind) == Device::gamepad ? pads_.inject(event) : desktop_->inject(event);
  }
  Injected flush() noexcept override { return desktop_->flush(); }
  int poll_handle() const noexcept override { return desktop_->poll_handle(); }
  Result<void> turn() override { return desktop_->turn(); }

 private:
  const std::unique_ptr<InputSink> desktop_;
  Gamepads& pads_;
};

}  // namespace

bool Gamepads::open_locked() {
  if (!std::exchange(tried_, true)) {
    auto opened = open_(tell_);
    if (opened) {
      sink_ = *std::move(opened);
    } else {
      log::info("input", "{}: its gamepads move nothing: {}", session_, opened.error().what);
    }
  }
  return sink_ != nullptr;
}

void Gamepads::plug_locked(std::uint8_t number, GamepadKind kind) {
  Pad& pad = pads_[number];
  if (std::exchange(pad.plugged, true)) return;
  pad.state = {};
  sink_->plug(number, kind, pad.abilities);
  if (pad.battery) sink_->set_battery(number, *std::exchange(pad.battery, std::nullopt));
}

Injected Gamepads::inject(const InputEvent& event) noexcept {
  const std::lock_guard lock(mutex_);
  if (!open_locked()) return Injected::unsupported;
  const auto number = static_cast<std::uint8_t>(pad_of(event));
  Pad& pad = pads_[number];
  if (event.kind == InputKind::gamepad_remove) {
    if (pad.plugged) sink_->unplug(number);
    pad = {};
    return Injected::done;
  }
  const bool arrives = event.kind == InputKind::gamepad_arrival;
  plug_locked(number, arrives ? static_cast<GamepadKind>(event.code) : GamepadKind::automatic);
  if (arrives) return Injected::done;
  PadState state = pad.state;
  if (event.kind == InputKind::gamepad_state) state = state_of(event);
  if (event.kind == InputKind::gamepad_button)
    state.buttons = event.x != 0 ? state.buttons | event.code : state.buttons & ~event.code;
  if (event.kind == InputKind::gamepad_axis) set_axis(state, event.code, event.x);
  // Clients say states again and again, in case one was lost.
  if (state != std::exchange(pad.state, state)) sink_->set_state(number, state);
  return Injected::done;
}

void Gamepads::describe(std::uint8_t pad, const PadAbilities& abilities) {
  const std::lock_guard lock(mutex_);
  if (pad < kMaxPads && !pads_[pad].plugged) pads_[pad].abilities = abilities;
}

template <class Call>
void Gamepads::of_plugged(std::uint8_t number, Call call) {
  const std::lock_guard lock(mutex_);
  if (number < kMaxPads && sink_ && pads_[number].plugged) call(*sink_);
}

void Gamepads::touch(std::uint8_t pad, const PadContact& contact) {
  of_plugged(pad, [&](GamepadSink& sink) { sink.touch(pad, contact); });
}

void Gamepads::move(std::uint8_t pad, const PadMotion& motion) {
  of_plugged(pad, [&](GamepadSink& sink) { sink.move(pad, motion); });
}

void Gamepads::set_battery(std::uint8_t number, const PadBattery& battery) {
  const std::lock_guard lock(mutex_);
  if (number >= kMaxPads) return;
  if (sink_ && pads_[number].plugged) {
    sink_->set_battery(number, battery);
  } else {
    pads_[number].battery = battery;
  }
}

InputEvent neutral_pad(unsigned pad) noexcept {
  return {.kind = InputKind::gamepad_state, .flags = pad};
}

std::unique_ptr<InputSink> with_gamepads(std::unique_ptr<InputSink> desktop, Gamepads& pads) {
  return std::make_unique<SinkWithPads>(std::move(desktop), pads);
}

}  // namespace pf::input
