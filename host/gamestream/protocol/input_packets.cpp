#include "host/gamestream/protocol/input_packets.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace pf::gamestream {
namespace {

constexpr std::uint16_t kNoRotation = 0xFFFF;
constexpr std::uint8_t kNoTilt = 0xFF, kNoPercent = 0xFF;
constexpr std::uint8_t kLastContactEvent = 7;
constexpr std::uint8_t kMaxTool = 2;

using Parsed = std::optional<InputPacket>;

// Reads one body: finish() answers the value if every field was there, nothing is left and every
// number was in its range.
class Body {
 public:
  explicit Body(Bytes bytes) : reader_(bytes) {}

  template <class T>
  T big() {
    return reader_.big<T>();
  }
  template <class T>
  T little() {
    return reader_.little<T>();
  }
  std::uint8_t byte() { return reader_.little<std::uint8_t>(); }
  void skip(std::size_t count) { reader_.take(count); }
  std::size_t remaining() const { return reader_.remaining(); }
  std::string text() { return std::string(as_text(reader_.rest())); }

  float number() { return std::bit_cast<float>(reader_.little<std::uint32_t>()); }
  float finite() {
    const float value = number();
    good_ = good_ && std::isfinite(value);
    return value;
  }
  float coordinate() { return std::clamp(finite(), 0.0f, 1.0f); }
  // Some clients send what is no number where they know none.
  float pressure() {
    const float value = number();
    return std::isfinite(value) ? std::clamp(value, 0.0f, 1.0f) : 0.0f;
  }
  std::uint8_t pad() {
    const std::uint8_t pad = byte();
    good_ = good_ && pad < kMaxPads;
    return pad;
  }
  ContactEvent contact_event() {
    const std::uint8_t event = byte();
    good_ = good_ && event <= kLastContactEvent;
    return static_cast<ContactEvent>(event);
  }
  void require(bool condition) { good_ = good_ && condition; }

  Parsed finish(InputPacket packet) const {
    if (!good_ || !reader_.finished()) return std::nullopt;
    return packet;
  }

 private:
  ByteReader reader_;
  bool good_ = true;
};

Parsed parse_key(Body& body, bool down) {
  KeyInput key{.down = down};
  key.by_host_layout = (body.byte() & 1) != 0;
  key.key = static_cast<std::uint8_t>(body.little<std::uint16_t>());
  key.modifiers = body.byte();
  body.skip(2);
  return body.finish(key);
}

Parsed parse_text(Body& body) {
  body.require(body.remaining() >= 1 && body.remaining() <= 4);
  TextInput text{body.text()};
  return body.finish(std::move(text));
}

Parsed parse_position(Body& body) {
  MousePosition position{.x = body.big<std::int16_t>(), .y = body.big<std::int16_t>()};
  body.skip(2);
  position.last_x = body.big<std::int16_t>();
  position.last_y = body.big<std::int16_t>();
  body.require(position.last_x > 0 && position.last_y > 0);
  return body.finish(position);
}

Parsed parse_button(Body& body, bool down) {
  const MouseButton button{.down = down, .button = body.byte()};
  body.require(button.button >= 1 && button.button <= 5);
  return body.finish(button);
}

Parsed parse_scroll(Body& body) {
  const Scroll scroll{.amount = body.big<std::int16_t>()};
  body.skip(4);
  return body.finish(scroll);
}

Parsed parse_touch(Body& body) {
  TouchInput touch{.event = body.contact_event()};
  body.skip(1);
  if (const auto rotation = body.little<std::uint16_t>(); rotation != kNoRotation)
    touch.rotation = rotation;
  touch.pointer_id = body.little<std::uint32_t>();
  touch.x = body.coordinate();
  touch.y = body.coordinate();
  touch.pressure = body.pressure();
  body.skip(8);  // the contact's size, which no Wayland touch protocol of ours takes
  return body.finish(touch);
}

Parsed parse_pen(Body& body) {
  PenInput pen{.event = body.contact_event()};
  pen.tool = body.byte();
  body.require(pen.tool <= kMaxTool);
  pen.buttons = body.byte();
  body.skip(1);
  pen.x = body.coordinate();
  pen.y = body.coordinate();
  pen.pressure = body.pressure();
  if (const auto rotation = body.little<std::uint16_t>(); rotation != kNoRotation)
    pen.rotation = rotation;
  if (const auto tilt = body.byte(); tilt != kNoTilt) pen.tilt = tilt;
  body.skip(1 + 8);
  return body.finish(pen);
}

Parsed parse_pad_state(Body& body) {
  body.skip(2);
  PadState state;
  const auto pad = body.little<std::uint16_t>();
  body.require(pad < kMaxPads);
  state.pad = static_cast<std::uint8_t>(pad);
  state.active_mask = body.little<std::uint16_t>();
  body.skip(2);
  state.buttons = body.little<std::uint16_t>();
  state.left_trigger = body.byte();
  state.right_trigger = body.byte();
  state.left_x = body.little<std::int16_t>();
  state.left_y = body.little<std::int16_t>();
  state.right_x = body.little<std::int16_t>();
  state.right_y = body.little<std::int16_t>();
  body.skip(2);
  state.buttons |= std::uint32_t{body.little<std::uint16_t>()} << 16;
  body.skip(2);
  return body.finish(state);
}

Parsed parse_arrival(Body& body) {
  PadArrival arrival{.pad = body.pad()};
  arrival.kind = body.byte();
  arrival.capabilities = body.little<std::uint16_t>();
  arrival.buttons = body.little<std::uint32_t>();
  return body.finish(arrival);
}

Parsed parse_touchpad(Body& body) {
  PadTouchpad touch{.pad = body.pad()};
  touch.event = body.contact_event();
  body.skip(1);
  touch.surface = body.byte();
  touch.pointer_id = body.little<std::uint32_t>();
  touch.x = body.coordinate();
  touch.y = body.coordinate();
  touch.pressure = body.pressure();
  return body.finish(touch);
}

Parsed parse_sensor(Body& body) {
  PadSensor sensor{.pad = body.pad()};
  const std::uint8_t kind = body.byte();
  body.require(kind == 1 || kind == 2);
  sensor.gyro = kind == 2;
  body.skip(2);
  for (float& value : sensor.value) value = body.finite();
  return body.finish(sensor);
}

Parsed parse_battery(Body& body) {
  PadBattery battery{.pad = body.pad()};
  battery.state = body.byte();
  if (const auto percent = body.byte(); percent != kNoPercent)
    battery.percent = std::min<std::uint8_t>(percent, 100);
  body.skip(1);
  return body.finish(battery);
}

Parsed parse_body(std::uint32_t magic, Body& body) {
  switch (magic) {
    case 0x03:
      return parse_key(body, true);
    case 0x04:
      return parse_key(body, false);
    case 0x05:
      return parse_position(body);
    case 0x07: {
      const MouseMotion motion{.dx = body.big<std::int16_t>(), .dy = body.big<std::int16_t>()};
      return body.finish(motion);
    }
    case 0x08:
      return parse_button(body, true);
    case 0x09:
      return parse_button(body, false);
    case 0x0A:
      return parse_scroll(body);
    case 0x0C:
      return parse_pad_state(body);
    case 0x0D:
      body.skip(2);
      return body.finish(HapticsEnable{});
    case 0x17:
      return parse_text(body);
    case 0x55000001:
      return body.finish(Scroll{.amount = body.big<std::int16_t>(), .horizontal = true});
    case 0x55000002:
      return parse_touch(body);
    case 0x55000003:
      return parse_pen(body);
    case 0x55000004:
      return parse_arrival(body);
    case 0x55000005:
      return parse_touchpad(body);
    case 0x55000006:
      return parse_sensor(body);
    case 0x55000007:
      return parse_battery(body);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<InputPacket> parse_input_packet(Bytes packet) {
  ByteReader reader(packet);
  const auto size = reader.big<std::uint32_t>();
  if (!reader.ok() || size != reader.remaining()) return std::nullopt;
  const auto magic = reader.little<std::uint32_t>();
  if (!reader.ok()) return std::nullopt;
  Body body(reader.rest());
  return parse_body(magic, body);
}

}  // namespace pf::gamestream
