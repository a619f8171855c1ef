// For tests: events that a person could make.
#pragma once

#include "core/base/rng.h"
#include "core/input/keys.h"
#include "core/input/sound_event.h"
#include "core/message/input_event.h"

namespace pf::input::testing {

using message::InputEvent;
using message::InputKind;

inline InputEvent key(std::uint32_t code, bool down) {
  return {.kind = down ? InputKind::key_down : InputKind::key_up, .code = code};
}
inline InputEvent button(std::uint32_t number, bool down) {
  return {.kind = down ? InputKind::mouse_button_down : InputKind::mouse_button_up, .code = number};
}
inline InputEvent motion(std::int32_t x, std::int32_t y) {
  return {.kind = InputKind::mouse_move, .x = x, .y = y};
}
inline InputEvent position(std::int32_t x, std::int32_t y, SizePx surface = {1280, 720}) {
  return {
      .kind = InputKind::mouse_move_absolute, .x = x, .y = y, .flags = flags_of_surface(surface)};
}
inline InputEvent scroll(std::uint32_t axis, std::int32_t delta) {
  return {.kind = InputKind::mouse_scroll, .code = axis, .x = delta};
}
inline InputEvent text(char32_t scalar) { return {.kind = InputKind::text_input, .code = scalar}; }
inline InputEvent finger(InputKind kind, std::uint32_t id, std::int32_t x = 0, std::int32_t y = 0,
                         SizePx surface = {1280, 720}) {
  return {.kind = kind, .code = id, .x = x, .y = y, .flags = flags_of_surface(surface)};
}

// Of every kind but gamepads.
inline InputEvent random_event(Rng& rng) {
  const auto below = [&](std::uint32_t bound) {
    return static_cast<std::uint32_t>(rng.below(bound));
  };
  const auto signed_below = [&](std::int32_t bound) {
    return static_cast<std::int32_t>(rng.below(2 * static_cast<std::uint64_t>(bound))) - bound;
  };
  const bool down = rng.unit() < 0.5;
  switch (below(9)) {
    case 0:
    case 1:
      return key(0x41 + below(26), down);
    case 2:
      return button(1 + below(kButtons), down);
    case 3:
      return motion(signed_below(50), signed_below(50));
    case 4:
      return position(static_cast<std::int32_t>(below(1280)),
                      static_cast<std::int32_t>(below(720)));
    case 5:
      return scroll(below(2), down ? 120 : -120);
    case 6:
      return text(U'a' + below(26));
    case 7:
      return finger(down ? InputKind::touch_down : InputKind::touch_up, below(4),
                    static_cast<std::int32_t>(below(1280)), static_cast<std::int32_t>(below(720)));
    default:
      return finger(InputKind::touch_move, below(4), static_cast<std::int32_t>(below(1280)),
                    static_cast<std::int32_t>(below(720)));
  }
}

}  // namespace pf::input::testing
