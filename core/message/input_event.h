// What a person did at the client, as one value of five fields. What they mean for each kind:
// docs/protocol/punktfunk1.md section 9.1.
#pragma once

#include <cstdint>

namespace pf::message {

enum class InputKind : std::uint8_t {
  key_down,
  key_up,
  mouse_move,
  mouse_move_absolute,
  mouse_button_down,
  mouse_button_up,
  mouse_scroll,
  gamepad_button,
  gamepad_axis,
  touch_down,
  touch_move,
  touch_up,
  gamepad_state,
  gamepad_remove,
  gamepad_arrival,
  text_input,
};
inline constexpr std::uint8_t kInputKinds = 16;

struct InputEvent {
  InputKind kind = InputKind::key_down;
  std::uint32_t code = 0;
  std::int32_t x = 0;
  std::int32_t y = 0;
  std::uint32_t flags = 0;
  bool operator==(const InputEvent&) const = default;
};

}  // namespace pf::message
