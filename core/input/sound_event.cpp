#include "core/input/sound_event.h"

#include <algorithm>

#include "core/input/keys.h"

namespace pf::input {
namespace {

using message::InputEvent;
using message::InputKind;

constexpr std::uint32_t kGamepadButtons = 0x3F'FFFF;
constexpr std::uint32_t kGamepadAxes = 6;
constexpr std::uint32_t kLastScalar = 0x10FFFF;

// Control characters are keys, but for these four, which every text has.
bool can_be_typed(std::uint32_t scalar) noexcept {
  if (scalar == '\b' || scalar == '\t' || scalar == '\n' || scalar == '\r') return true;
  if (scalar < 0x20 || (scalar >= 0x7F && scalar < 0xA0)) return false;
  return scalar <= kLastScalar && (scalar < 0xD800 || scalar > 0xDFFF);
}

std::optional<InputEvent> sound_key(InputEvent event) noexcept {
  if (!evdev_key(event.code)) return std::nullopt;
  return InputEvent{.kind = event.kind, .code = canonical_key(event.code)};
}

std::optional<InputEvent> sound_motion(InputEvent event) noexcept {
  return InputEvent{.kind = event.kind,
                    .x = std::clamp(event.x, -kMaxMotionPx, kMaxMotionPx),
                    .y = std::clamp(event.y, -kMaxMotionPx, kMaxMotionPx)};
}

std::optional<InputEvent> sound_position(InputEvent event) noexcept {
  const SizePx surface = surface_of(event);
  if (surface.width == 0 || surface.height == 0) return std::nullopt;
  event.x = std::clamp(event.x, 0, static_cast<std::int32_t>(surface.width));
  event.y = std::clamp(event.y, 0, static_cast<std::int32_t>(surface.height));
  if (event.kind == InputKind::mouse_move_absolute) event.code = 0;
  return event;
}

std::optional<InputEvent> sound_scroll(InputEvent event) noexcept {
  if (event.code > 1 || event.x == 0) return std::nullopt;
  return InputEvent{
      .kind = event.kind, .code = event.code, .x = std::clamp(event.x, -kMaxScroll, kMaxScroll)};
}

}  // namespace

std::optional<InputEvent> sound_event(InputEvent event) noexcept {
  switch (event.kind) {
    case InputKind::key_down:
    case InputKind::key_up:
      return sound_key(event);
    case InputKind::mouse_move:
      return sound_motion(event);
    case InputKind::mouse_move_absolute:
    case InputKind::touch_down:
    case InputKind::touch_move:
      return sound_position(event);
    case InputKind::mouse_button_down:
    case InputKind::mouse_button_up:
      if (!evdev_button(event.code)) return std::nullopt;
      return InputEvent{.kind = event.kind, .code = event.code};
    case InputKind::mouse_scroll:
      return sound_scroll(event);
    case InputKind::touch_up:
      return InputEvent{.kind = event.kind, .code = event.code};
    case InputKind::text_input:
      if (!can_be_typed(event.code)) return std::nullopt;
      return InputEvent{.kind = event.kind, .code = event.code};
    case InputKind::gamepad_button: {
      const bool one_bit = event.code != 0 && (event.code & (event.code - 1)) == 0;
      if (!one_bit || (event.code & kGamepadButtons) == 0) return std::nullopt;
      break;
    }
    case InputKind::gamepad_axis:
      if (event.code >= kGamepadAxes) return std::nullopt;
      break;
    case InputKind::gamepad_state:
    case InputKind::gamepad_remove:
    case InputKind::gamepad_arrival:
      break;
  }
  return pad_of(event) < kMaxPads ? std::optional(event) : std::nullopt;
}

SizePx surface_of(const InputEvent& event) noexcept {
  return {event.flags >> 16, event.flags & 0xFFFF};
}

std::uint32_t flags_of_surface(SizePx surface) noexcept {
  return (std::min(surface.width, 0xFFFFu) << 16) | std::min(surface.height, 0xFFFFu);
}

Device device_of(InputKind kind) noexcept {
  switch (kind) {
    case InputKind::key_down:
    case InputKind::key_up:
    case InputKind::text_input:
      return Device::keyboard;
    case InputKind::gamepad_button:
    case InputKind::gamepad_axis:
    case InputKind::gamepad_state:
    case InputKind::gamepad_remove:
    case InputKind::gamepad_arrival:
      return Device::gamepad;
    default:
      return Device::pointer;
  }
}

unsigned pad_of(const InputEvent& event) noexcept {
  // The kinds that share their flags with a sequence number or a device's abilities have 8 bits.
  const bool whole =
      event.kind == InputKind::gamepad_button || event.kind == InputKind::gamepad_axis;
  return whole ? event.flags : event.flags & 0xFF;
}

std::int32_t on_output_256(std::int32_t position, std::uint32_t surface,
                           std::uint32_t output) noexcept {
  return static_cast<std::int32_t>(std::int64_t{position} * output * 256 / surface);
}

}  // namespace pf::input
