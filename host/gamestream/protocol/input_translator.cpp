#include "host/gamestream/protocol/input_translator.h"

#include <algorithm>
#include <cmath>

#include "core/base/check.h"
#include "core/input/keys.h"
#include "core/input/sound_event.h"
#include "core/message/media.h"

namespace pf::gamestream {
namespace {

using message::GamepadKind;
using message::InputEvent;
using message::InputKind;

struct Modifier {
  std::uint8_t bit;             // as packets name it
  std::uint8_t key, right_key;  // of which either will do
};
constexpr std::array<Modifier, 4> kModifiers{
    {{1, 0xA0, 0xA1}, {2, 0xA2, 0xA3}, {4, 0xA4, 0xA5}, {8, 0x5B, 0x5C}}};

// Finer than any picture that a client can ask for.
constexpr SizePx kFineSurface{65535, 65535};

constexpr std::uint8_t kLeft = 1, kMiddle = 2, kRight = 3;

InputEvent key_event(std::uint8_t key, bool down) {
  return {.kind = down ? InputKind::key_down : InputKind::key_up, .code = key};
}
InputEvent button_event(std::uint8_t button, bool down) {
  return {.kind = down ? InputKind::mouse_button_down : InputKind::mouse_button_up, .code = button};
}
InputEvent position_event(InputKind kind, float x, float y, std::uint32_t finger = 0) {
  const auto along = [](float share, std::uint32_t side) {
    return static_cast<std::int32_t>(std::lround(static_cast<double>(share) * side));
  };
  return {.kind = kind,
          .code = finger,
          .x = along(x, kFineSurface.width),
          .y = along(y, kFineSurface.height),
          .flags = input::flags_of_surface(kFineSurface)};
}

// `value` of 0…`last` as one of 0…`side` - 1, the ends at the ends.
std::int32_t column(std::int16_t value, std::int16_t last, std::uint32_t side) {
  const std::int64_t ends = static_cast<std::int64_t>(side) - 1;
  const std::int64_t within = std::clamp<std::int64_t>(value, 0, last);
  return static_cast<std::int32_t>((within * ends * 2 + last) / (std::int64_t{last} * 2));
}

// The parser has seen 1 to 4 bytes. 0, which cannot be typed: not one code point.
std::uint32_t code_point(std::string_view utf8) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(utf8[i]); };
  if (utf8.size() == 1) return byte(0) < 0x80 ? byte(0) : 0;
  constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  const unsigned lead = 0x100u >> (utf8.size() + 1);  // the bit that is 0 after the ones
  if ((byte(0) & ~(lead - 1) & 0xFF) != (0xFFu & ~((lead << 1) - 1))) return 0;
  std::uint32_t scalar = byte(0) & (lead - 1);
  for (std::size_t i = 1; i < utf8.size(); ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    scalar = scalar << 6 | (byte(i) & 0x3F);
  }
  return scalar >= kLeast[utf8.size()] ? scalar : 0;
}

GamepadKind kind_of(const PadArrival& arrival) {
  switch (arrival.kind) {
    case 1:
      return GamepadKind::xbox_one;
    case 2:
      return GamepadKind::dualsense;
    case 3:
      return GamepadKind::switch_pro;
    case 4:
      return GamepadKind::steam_controller;
    default:
      return GamepadKind::automatic;
  }
}

std::int32_t stick(std::int16_t x, std::int16_t y) {
  return static_cast<std::int32_t>(std::uint32_t{static_cast<std::uint16_t>(x)} << 16 |
                                   static_cast<std::uint16_t>(y));
}

void add(InputTranslator::Events& events, const InputEvent& event) { PF_CHECK(events.push(event)); }

}  // namespace

InputTranslator::Events InputTranslator::translate(const InputPacket& packet) {
  return std::visit([this](const auto& what) { return on(what); }, packet);
}

InputTranslator::Events InputTranslator::on(const KeyInput& key) {
  Events events;
  const std::uint8_t code = input::canonical_key(key.key);
  keys_[code] = key.down;
  if (input::is_modifier(code)) {
    // From now on it is the client who holds it, or nobody.
    for (const Modifier& modifier : kModifiers) {
      if (code == modifier.key) lent_ &= static_cast<std::uint8_t>(~modifier.bit);
    }
    add(events, key_event(code, key.down));
    return events;
  }
  if (key.down) {
    release_unnamed(key.modifiers, events);
    press_named(key.modifiers, events);
    lent_to_ = code;
  }
  add(events, key_event(code, key.down));
  if (!key.down && lent_to_ == code) release_unnamed(0, events);
  return events;
}

// Those that the client's snapshot names though neither of their keys is down: on-screen keyboards
// press no modifiers of their own.
void InputTranslator::press_named(std::uint8_t modifiers, Events& events) {
  for (const Modifier& modifier : kModifiers) {
    const bool named = (modifiers & modifier.bit) != 0;
    const bool held = keys_[modifier.key] || keys_[modifier.right_key];
    if (!named || held || (lent_ & modifier.bit) != 0) continue;
    lent_ |= modifier.bit;
    add(events, key_event(modifier.key, true));
  }
}

void InputTranslator::release_unnamed(std::uint8_t modifiers, Events& events) {
  for (const Modifier& modifier : kModifiers) {
    if ((lent_ & modifier.bit) == 0 || (modifiers & modifier.bit) != 0) continue;
    lent_ &= static_cast<std::uint8_t>(~modifier.bit);
    add(events, key_event(modifier.key, false));
  }
}

void InputTranslator::on_released(std::optional<input::Device> device) noexcept {
  if (!device || *device == input::Device::keyboard) {
    keys_.reset();
    lent_ = 0;
    lent_to_.reset();
  }
  if (!device || *device == input::Device::pointer) {
    fingers_.clear();
    pen_buttons_ = 0;
  }
}

InputTranslator::Events InputTranslator::on(const TextInput& text) {
  Events events;
  add(events, {.kind = InputKind::text_input, .code = code_point(text.utf8)});
  return events;
}

InputTranslator::Events InputTranslator::on(const MouseMotion& motion) {
  Events events;
  add(events, {.kind = InputKind::mouse_move, .x = motion.dx, .y = motion.dy});
  return events;
}

InputTranslator::Events InputTranslator::on(const MousePosition& position) {
  Events events;
  add(events, {.kind = InputKind::mouse_move_absolute,
               .x = column(position.x, position.last_x, picture_.width),
               .y = column(position.y, position.last_y, picture_.height),
               .flags = input::flags_of_surface(picture_)});
  return events;
}

InputTranslator::Events InputTranslator::on(const MouseButton& button) {
  Events events;
  add(events, button_event(button.button, button.down));
  return events;
}

InputTranslator::Events InputTranslator::on(const Scroll& scroll) {
  Events events;
  add(events,
      {.kind = InputKind::mouse_scroll, .code = scroll.horizontal ? 1u : 0u, .x = scroll.amount});
  return events;
}

InputTranslator::Events InputTranslator::on(const TouchInput& touch) {
  Events events;
  auto* const known = std::find(fingers_.begin(), fingers_.end(), touch.pointer_id);
  const bool down = known != fingers_.end();
  switch (touch.event) {
    case ContactEvent::down:
      if (!down && fingers_.push(touch.pointer_id))
        add(events, position_event(InputKind::touch_down, touch.x, touch.y, touch.pointer_id));
      break;
    case ContactEvent::move:
      if (down)
        add(events, position_event(InputKind::touch_move, touch.x, touch.y, touch.pointer_id));
      break;
    case ContactEvent::up:
    case ContactEvent::cancel:  // Wayland's virtual touch has no word for it
      if (!down) break;
      fingers_.remove(known);
      add(events, {.kind = InputKind::touch_up, .code = touch.pointer_id});
      break;
    case ContactEvent::cancel_all:
      lift_fingers(events);
      break;
    case ContactEvent::hover:
    case ContactEvent::button_only:
    case ContactEvent::hover_leave:
      break;
  }
  return events;
}

void InputTranslator::lift_fingers(Events& events) {
  for (const std::uint32_t finger : fingers_)
    add(events, {.kind = InputKind::touch_up, .code = finger});
  fingers_.clear();
}

InputTranslator::Events InputTranslator::on(const PenInput& pen) {
  Events events;
  const bool leaves = pen.event == ContactEvent::cancel || pen.event == ContactEvent::cancel_all ||
                      pen.event == ContactEvent::hover_leave;
  const bool placed = !leaves && pen.event != ContactEvent::button_only;
  if (placed) add(events, position_event(InputKind::mouse_move_absolute, pen.x, pen.y));
  bool tip = (pen_buttons_ & 1u << kLeft) != 0;
  if (pen.event == ContactEvent::down) tip = true;
  if (leaves || pen.event == ContactEvent::up || pen.event == ContactEvent::hover) tip = false;
  std::uint8_t wanted = tip ? 1u << kLeft : 0;
  if (!leaves && (pen.buttons & 1) != 0) wanted |= 1u << kRight;
  if (!leaves && (pen.buttons & 2) != 0) wanted |= 1u << kMiddle;
  hold_pen_buttons(wanted, events);
  return events;
}

void InputTranslator::hold_pen_buttons(std::uint8_t wanted, Events& events) {
  for (const std::uint8_t button : {kLeft, kMiddle, kRight}) {
    const bool now = (wanted & 1u << button) != 0, before = (pen_buttons_ & 1u << button) != 0;
    if (now != before) add(events, button_event(button, now));
  }
  pen_buttons_ = wanted;
}

InputTranslator::Events InputTranslator::on(const PadArrival& arrival) {
  Events events;
  if (plugged_[arrival.pad]) return events;
  plugged_.set(arrival.pad);
  add(events, {.kind = InputKind::gamepad_arrival,
               .code = static_cast<std::uint32_t>(kind_of(arrival)),
               .flags = arrival.pad});
  return events;
}

InputTranslator::Events InputTranslator::on(const PadState& state) {
  Events events;
  const bool there = (state.active_mask >> state.pad & 1) != 0;
  if (!there) {
    if (plugged_[state.pad]) {
      plugged_.reset(state.pad);
      add(events,
          {.kind = InputKind::gamepad_remove, .flags = next_pad_sequence(state.pad) | state.pad});
    }
    return events;
  }
  if (!plugged_[state.pad]) events = on(PadArrival{.pad = state.pad});
  add(events, {.kind = InputKind::gamepad_state,
               .code = state.buttons,
               .x = stick(state.left_x, state.left_y),
               .y = stick(state.right_x, state.right_y),
               .flags = next_pad_sequence(state.pad) | std::uint32_t{state.left_trigger} << 16 |
                        std::uint32_t{state.right_trigger} << 8 | state.pad});
  return events;
}

std::uint32_t InputTranslator::next_pad_sequence(std::uint8_t pad) noexcept {
  return std::uint32_t{++pad_sequence_[pad]} << 24;
}

InputTranslator::Events InputTranslator::leave() {
  Events events;
  for (std::uint8_t pad = 0; pad < kMaxPads; ++pad) {
    for (const InputEvent& event : on(PadState{.pad = pad})) add(events, event);
  }
  return events;
}

}  // namespace pf::gamestream
