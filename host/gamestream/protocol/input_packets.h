// Input as Moonlight clients send it, one packet per message (docs/protocol/gamestream.md section
// 8.6): parsed and checked, in the client's own terms. Floats are finite and in range here; what is
// none of these, or has another length than its kind, is no packet.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "core/base/bytes.h"

namespace pf::gamestream {

inline constexpr std::uint8_t kMaxPads = 16;

struct KeyInput {
  bool down = false;
  std::uint8_t key = 0;         // Windows virtual key, as on a US layout
  bool by_host_layout = false;  // the key means what the host's layout says
  std::uint8_t modifiers = 0;   // 1 shift, 2 control, 4 alt, 8 meta: a snapshot
};
struct TextInput {
  std::string utf8;  // one code point
};
struct MouseMotion {
  std::int16_t dx = 0, dy = 0;
};
struct MousePosition {
  std::int16_t x = 0, y = 0;
  std::int16_t last_x = 0, last_y = 0;  // the reference's width and height less one; above 0
};
struct MouseButton {
  bool down = false;
  std::uint8_t button = 1;  // 1 left, 2 middle, 3 right, 4 and 5 the side buttons
};
struct Scroll {
  std::int16_t amount = 0;  // 120 for a notch; up and right are positive
  bool horizontal = false;
};

enum class ContactEvent : std::uint8_t {
  hover,
  down,
  up,
  move,
  cancel,
  button_only,
  hover_leave,
  cancel_all,
};
struct TouchInput {
  ContactEvent event = ContactEvent::down;
  std::uint32_t pointer_id = 0;
  float x = 0, y = 0;                     // 0 … 1 of the picture
  float pressure = 0;                     // 0: not known; the distance while hovering
  std::optional<std::uint16_t> rotation;  // degrees
};
struct PenInput {
  ContactEvent event = ContactEvent::down;
  std::uint8_t tool = 0;  // 0 not known, 1 pen, 2 eraser
  std::uint8_t buttons = 0;
  float x = 0, y = 0;
  float pressure = 0;
  std::optional<std::uint16_t> rotation;  // degrees
  std::optional<std::uint8_t> tilt;       // degrees
};

struct PadState {
  std::uint8_t pad = 0;
  std::uint16_t active_mask = 0;  // of all pads; this one's bit clear: it was unplugged
  std::uint32_t buttons = 0;
  std::uint8_t left_trigger = 0, right_trigger = 0;
  std::int16_t left_x = 0, left_y = 0, right_x = 0, right_y = 0;  // y upwards
};
struct PadArrival {
  std::uint8_t pad = 0;
  std::uint8_t kind = 0;  // 0 not known, 1 Xbox, 2 PlayStation, 3 Nintendo, 4 Steam
  std::uint16_t capabilities = 0;
  std::uint32_t buttons = 0;
};
struct PadTouchpad {
  std::uint8_t pad = 0;
  ContactEvent event = ContactEvent::down;
  std::uint8_t surface = 0;
  std::uint32_t pointer_id = 0;
  float x = 0, y = 0, pressure = 0;
};
struct PadSensor {
  std::uint8_t pad = 0;
  bool gyro = false;  // degrees per second, else acceleration in m/s²
  std::array<float, 3> value{};
};
struct PadBattery {
  std::uint8_t pad = 0;
  std::uint8_t state = 0;
  std::optional<std::uint8_t> percent;
};
struct HapticsEnable {};

using InputPacket =
    std::variant<KeyInput, TextInput, MouseMotion, MousePosition, MouseButton, Scroll, TouchInput,
                 PenInput, PadState, PadArrival, PadTouchpad, PadSensor, PadBattery, HapticsEnable>;

std::optional<InputPacket> parse_input_packet(Bytes packet);

}  // namespace pf::gamestream
