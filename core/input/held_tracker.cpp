#include "core/input/held_tracker.h"

#include <algorithm>

namespace pf::input {
namespace {

using message::InputEvent;
using message::InputKind;

template <std::size_t N>
bool set(std::bitset<N>& held, std::uint32_t which, bool down) noexcept {
  if (held[which] == down) return false;
  held[which] = down;
  return true;
}

}  // namespace

bool HeldTracker::admit(const InputEvent& event) noexcept {
  switch (event.kind) {
    case InputKind::key_down:
    case InputKind::key_up:
      return set(keys_, event.code, event.kind == InputKind::key_down);
    case InputKind::mouse_button_down:
    case InputKind::mouse_button_up:
      return set(buttons_, event.code, event.kind == InputKind::mouse_button_down);
    case InputKind::touch_down:
    case InputKind::touch_move:
    case InputKind::touch_up:
      return admit_finger(event);
    default:
      return true;
  }
}

bool HeldTracker::admit_finger(const InputEvent& event) noexcept {
  std::uint32_t* const finger = std::find(fingers_.begin(), fingers_.end(), event.code);
  const bool down = finger != fingers_.end();
  if (event.kind == InputKind::touch_down) return !down && fingers_.push(event.code);
  if (!down) return false;
  if (event.kind == InputKind::touch_up) fingers_.remove(finger);
  return true;
}

std::vector<InputEvent> HeldTracker::release(Device device) {
  std::vector<InputEvent> events;
  if (device == Device::keyboard) release_keys(events);
  if (device == Device::pointer) release_pointer(events);
  return events;
}

std::vector<InputEvent> HeldTracker::release_all() {
  std::vector<InputEvent> events;
  release_keys(events);
  release_pointer(events);
  return events;
}

void HeldTracker::release_keys(std::vector<InputEvent>& into) {
  for (const bool modifiers : {false, true}) {
    for (unsigned key = 0; key < kKeyCodes; ++key) {
      if (keys_[key] && is_modifier(static_cast<std::uint8_t>(key)) == modifiers)
        into.push_back({.kind = InputKind::key_up, .code = key});
    }
  }
  keys_.reset();
}

void HeldTracker::release_pointer(std::vector<InputEvent>& into) {
  for (unsigned button = 1; button <= kButtons; ++button) {
    if (buttons_[button]) into.push_back({.kind = InputKind::mouse_button_up, .code = button});
  }
  buttons_.reset();
  for (const std::uint32_t finger : fingers_) {
    into.push_back({.kind = InputKind::touch_up, .code = finger});
  }
  fingers_.clear();
}

}  // namespace pf::input
