#include "core/input/held_tracker.h"

#include <algorithm>

#include "core/base/check.h"

namespace pf::input {
namespace {

using message::InputEvent;
using message::InputKind;

}  // namespace

bool HeldTracker::is_news(const InputEvent& event) const noexcept {
  switch (event.kind) {
    case InputKind::key_down:
    case InputKind::key_up:
      return keys_[event.code] != (event.kind == InputKind::key_down);
    case InputKind::mouse_button_down:
    case InputKind::mouse_button_up:
      return buttons_[event.code] != (event.kind == InputKind::mouse_button_down);
    case InputKind::touch_down:
      return !touches(event.code) && !fingers_.full();
    case InputKind::touch_move:
    case InputKind::touch_up:
      return touches(event.code);
    default:
      return true;
  }
}

void HeldTracker::follow(const InputEvent& event) noexcept {
  switch (event.kind) {
    case InputKind::key_down:
    case InputKind::key_up:
      keys_[event.code] = event.kind == InputKind::key_down;
      return;
    case InputKind::mouse_button_down:
    case InputKind::mouse_button_up:
      buttons_[event.code] = event.kind == InputKind::mouse_button_down;
      return;
    case InputKind::touch_down:
      PF_CHECK(fingers_.push(event.code));
      return;
    case InputKind::touch_up:
      fingers_.remove(std::find(fingers_.begin(), fingers_.end(), event.code));
      return;
    default:
      return;
  }
}

bool HeldTracker::touches(std::uint32_t finger) const noexcept {
  return std::find(fingers_.begin(), fingers_.end(), finger) != fingers_.end();
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
