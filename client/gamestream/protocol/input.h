// What a person's hands did, as packets of the control stream
// (docs/protocol/gamestream.md section 8.6). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/message/input_event.h"

namespace pf::gamestream_client {

struct InputPacket {
  std::uint8_t channel = 0;  // of ENet
  bool reliable = true;
  std::vector<std::byte> bytes;
};

// Sent once at the start.
InputPacket haptics_enable();

InputPacket key_packet(bool down, std::uint8_t virtual_key, std::uint8_t modifiers,
                       std::uint8_t flags = 0);
InputPacket mouse_move(std::int16_t dx, std::int16_t dy);
// `width`, `height` of what the position refers to.
InputPacket mouse_position(std::int16_t x, std::int16_t y, std::uint16_t width,
                           std::uint16_t height);
InputPacket mouse_button(bool down, std::uint8_t button);
InputPacket scroll(std::int16_t amount);               // 120 for a notch; + = up
InputPacket scroll_horizontally(std::int16_t amount);  // + = right
InputPacket text_packet(char32_t code_point);
enum class TouchEvent : std::uint8_t { down = 1, up = 2, move = 3 };
InputPacket touch(TouchEvent event, std::uint32_t id, float x, float y, float pressure);

// Scripts speak the native protocol's events; this says the same in GameStream's words, and keeps
// what must be said again: which modifiers are down, where a finger was.
class InputTranslator {
 public:
  // Empty: GameStream has no such event, or scripts have none.
  std::optional<InputPacket> translate(const message::InputEvent& event);

 private:
  InputPacket key(bool down, std::uint8_t code);

  std::uint8_t modifiers_ = 0;
  float touch_x_ = 0, touch_y_ = 0;
};

}  // namespace pf::gamestream_client
