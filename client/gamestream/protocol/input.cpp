#include "client/gamestream/protocol/input.h"

#include <algorithm>
#include <bit>

#include "core/input/keys.h"

namespace pf::gamestream_client {
namespace {

constexpr std::uint8_t kKeyboard = 0x02, kMouse = 0x03, kTouch = 0x05, kText = 0x06;
constexpr std::size_t kHeaderBytes = 8;  // size, magic

template <class Write>
InputPacket packet(std::uint8_t channel, std::uint32_t magic, std::size_t body_bytes, Write write) {
  InputPacket made{channel, true, std::vector<std::byte>(kHeaderBytes + body_bytes)};
  ByteWriter out(made.bytes);
  out.big(static_cast<std::uint32_t>(made.bytes.size() - 4));
  out.little(magic);
  write(out);
  return made;
}

void put_float(ByteWriter& out, float value) { out.little(std::bit_cast<std::uint32_t>(value)); }

std::uint8_t modifier_bit(std::uint8_t key) noexcept {
  switch (input::canonical_key(key)) {
    case 0xA0:
    case 0xA1:
      return 1;  // Shift
    case 0xA2:
    case 0xA3:
      return 2;  // Control
    case 0xA4:
    case 0xA5:
      return 4;  // Alt
    case 0x5B:
    case 0x5C:
      return 8;  // the logo key
    default:
      return 0;
  }
}

std::int16_t to_i16(std::int32_t value) noexcept {
  return static_cast<std::int16_t>(std::clamp(value, -32'768, 32'767));
}

std::size_t write_utf8(char32_t code, std::byte* into) noexcept {
  const auto put = [&into](std::uint32_t byte) { *into++ = static_cast<std::byte>(byte); };
  const auto value = static_cast<std::uint32_t>(code);
  if (value < 0x80) {
    put(value);
    return 1;
  }
  const std::size_t tails = value < 0x800 ? 1 : value < 0x10000 ? 2 : 3;
  static constexpr std::uint32_t kLead[] = {0, 0xC0, 0xE0, 0xF0};
  put(kLead[tails] | value >> (6 * tails));
  for (std::size_t i = tails; i-- > 0;) put(0x80 | (value >> (6 * i) & 0x3F));
  return tails + 1;
}

}  // namespace

InputPacket haptics_enable() {
  return packet(0, 0x0000000D, 2, [](ByteWriter& out) { out.little(std::uint16_t{1}); });
}

InputPacket key_packet(bool down, std::uint8_t virtual_key, std::uint8_t modifiers,
                       std::uint8_t flags) {
  return packet(kKeyboard, down ? 3 : 4, 6, [&](ByteWriter& out) {
    out.big(flags);
    out.little(static_cast<std::uint16_t>(0x8000 | virtual_key));
    out.big(modifiers);
  });
}

InputPacket mouse_move(std::int16_t dx, std::int16_t dy) {
  return packet(kMouse, 7, 4, [&](ByteWriter& out) {
    out.big(dx);
    out.big(dy);
  });
}

InputPacket mouse_position(std::int16_t x, std::int16_t y, std::uint16_t width,
                           std::uint16_t height) {
  return packet(kMouse, 5, 10, [&](ByteWriter& out) {
    out.big(x);
    out.big(y);
    out.big(std::uint16_t{0});
    out.big(static_cast<std::uint16_t>(width - 1));
    out.big(static_cast<std::uint16_t>(height - 1));
  });
}

InputPacket mouse_button(bool down, std::uint8_t button) {
  return packet(kMouse, down ? 8 : 9, 1, [&](ByteWriter& out) { out.big(button); });
}

InputPacket scroll(std::int16_t amount) {
  return packet(kMouse, 0x0A, 6, [&](ByteWriter& out) {
    out.big(amount);
    out.big(amount);
  });
}

InputPacket scroll_horizontally(std::int16_t amount) {
  return packet(kMouse, 0x55000001, 2, [&](ByteWriter& out) { out.big(amount); });
}

InputPacket text_packet(char32_t code_point) {
  std::byte utf8[4];
  const std::size_t length = write_utf8(code_point, utf8);
  return packet(kText, 0x17, length, [&](ByteWriter& out) { out.put({utf8, length}); });
}

InputPacket touch(TouchEvent event, std::uint32_t id, float x, float y, float pressure) {
  InputPacket made = packet(kTouch, 0x55000002, 28, [&](ByteWriter& out) {
    out.big(static_cast<std::uint8_t>(event));
    out.big(std::uint8_t{0});
    out.little(std::uint16_t{0xFFFF});  // rotation unknown
    out.little(id);
    put_float(out, x);
    put_float(out, y);
    put_float(out, pressure);
  });
  made.reliable = event != TouchEvent::move;
  return made;
}

InputPacket InputTranslator::key(bool down, std::uint8_t code) {
  const std::uint8_t bit = modifier_bit(code);
  if (down) {
    modifiers_ |= bit;
  } else {
    modifiers_ &= static_cast<std::uint8_t>(~bit);
  }
  return key_packet(down, code, modifiers_);
}

std::optional<InputPacket> InputTranslator::translate(const message::InputEvent& event) {
  using Kind = message::InputKind;
  const auto code = static_cast<std::uint8_t>(event.code);
  const auto width = static_cast<std::uint16_t>(event.flags >> 16);
  const auto height = static_cast<std::uint16_t>(event.flags);
  switch (event.kind) {
    case Kind::key_down:
    case Kind::key_up:
      return key(event.kind == Kind::key_down, code);
    case Kind::mouse_move:
      return mouse_move(to_i16(event.x), to_i16(event.y));
    case Kind::mouse_move_absolute:
      return mouse_position(to_i16(event.x), to_i16(event.y), width, height);
    case Kind::mouse_button_down:
    case Kind::mouse_button_up:
      return mouse_button(event.kind == Kind::mouse_button_down, code);
    case Kind::mouse_scroll:
      return event.code == 0 ? scroll(to_i16(event.x)) : scroll_horizontally(to_i16(event.x));
    case Kind::text_input:
      return text_packet(static_cast<char32_t>(event.code));
    case Kind::touch_down:
    case Kind::touch_move:
      if (width == 0 || height == 0) return std::nullopt;
      touch_x_ = static_cast<float>(event.x) / static_cast<float>(width);
      touch_y_ = static_cast<float>(event.y) / static_cast<float>(height);
      return touch(event.kind == Kind::touch_down ? TouchEvent::down : TouchEvent::move, event.code,
                   touch_x_, touch_y_, 1);
    case Kind::touch_up:
      return touch(TouchEvent::up, event.code, touch_x_, touch_y_, 0);
    default:
      return std::nullopt;
  }
}

}  // namespace pf::gamestream_client
