#include "core/input/input_gate.h"

#include <algorithm>
#include <utility>

namespace pf::input {
namespace {

using message::InputEvent;
using message::InputKind;

bool is_press(InputKind kind) noexcept {
  return kind == InputKind::key_down || kind == InputKind::mouse_button_down ||
         kind == InputKind::touch_down;
}

}  // namespace

std::optional<InputEvent> InputGate::admit(const InputEvent& event, const message::Grants& grants,
                                           LocalTime now) {
  const auto refuse = [](std::uint64_t& count) {
    ++count;
    return std::nullopt;
  };
  const auto sound = sound_event(event);
  if (!sound) return refuse(counts_.meaningless);
  if (!grants.allows(grant_for(device_of(sound->kind)))) return refuse(counts_.not_granted);
  if (!in_order(*sound)) return refuse(counts_.stale);
  if (!take_credit(now)) {
    overrun_ = overrun_ || pressed_;
    return refuse(counts_.too_many);
  }
  ++counts_.passed;
  input_at_ = now;
  pressed_ = pressed_ || is_press(sound->kind);
  return sound;
}

// Both kinds that carry a sequence number share one count per gamepad.
bool InputGate::in_order(const InputEvent& event) noexcept {
  if (event.kind != InputKind::gamepad_state && event.kind != InputKind::gamepad_remove)
    return true;
  const auto sequence = static_cast<std::uint8_t>(event.flags >> 24);
  std::optional<std::uint8_t>& last = pad_sequence_[pad_of(event)];
  if (last && !is_newer(*last, sequence)) return false;
  last = sequence;
  return true;
}

bool InputGate::take_credit(LocalTime now) noexcept {
  const double seconds_passed = std::chrono::duration<double>(now - credited_at_).count();
  credit_ = std::min<double>(kMaxBurst, credit_ + seconds_passed * kMaxPerSecond);
  credited_at_ = now;
  if (credit_ < 1) return false;
  credit_ -= 1;
  return true;
}

std::optional<LocalTime> InputGate::release_due() const noexcept {
  if (!pressed_) return std::nullopt;
  return std::min(heard_at_ + kSilence, input_at_ + kUnattended);
}

bool InputGate::take_overrun() noexcept { return std::exchange(overrun_, false); }

}  // namespace pf::input
