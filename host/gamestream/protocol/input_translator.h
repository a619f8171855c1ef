// What a Moonlight client's input means in our own words (core/message/input_event.h). It remembers
// what takes more than one packet to understand: modifiers that a packet names though nobody holds
// them, fingers that are down, pads that are plugged in. Pure; the order of what comes out counts.
//
//   keys      Windows virtual-key codes, as ours. A key "by the host's layout" is taken by its code
//             all the same: clients do not know that layout.
//   positions of the mouse: exact, so that the last column of what the client shows is the last one
//             of the picture; of fingers and pens: to 1/65535 of the picture
//   pens      move the mouse: the tip is its left button, the first barrel button the right one,
//   the
//             second the middle one. Pressure and tilt have no device here yet.
//   pads      state, arrival and removal as native clients say them (docs/protocol/punktfunk1.md
//             section 9.1, kinds 12 to 14)
//
// Source: docs/protocol/gamestream.md section 8.6.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>

#include "core/base/display_mode.h"
#include "core/base/fixed_list.h"
#include "core/input/held_tracker.h"
#include "core/input/sound_event.h"
#include "core/message/input_event.h"
#include "host/gamestream/protocol/input_packets.h"

namespace pf::gamestream {

class InputTranslator {
 public:
  // All fingers lifted at once, or the modifiers of a key and the key.
  static constexpr std::size_t kMaxEvents = input::kMaxFingers;
  using Events = FixedList<message::InputEvent, kMaxEvents>;

  explicit InputTranslator(SizePx picture) noexcept : picture_(picture) {}

  // Empty: nothing that these events can say (a hovering finger, a touch pad, a sensor), or nothing
  // new. Each event may still mean nothing (core/input/sound_event.h).
  Events translate(const InputPacket& packet);
  // The client is gone: its pads are unplugged. Keys, buttons and fingers are let go of by whoever
  // knows what reached the desktop.
  Events leave();
  // Everything of this device (empty: of each) went up without the client's doing.
  void on_released(std::optional<input::Device> device) noexcept;

 private:
  Events on(const KeyInput& key);
  Events on(const TextInput& text);
  Events on(const MouseMotion& motion);
  Events on(const MousePosition& position);
  Events on(const MouseButton& button);
  Events on(const Scroll& scroll);
  Events on(const TouchInput& touch);
  Events on(const PenInput& pen);
  Events on(const PadState& state);
  Events on(const PadArrival& arrival);
  template <class Other>
  Events on(const Other&) {
    return {};
  }

  void press_named(std::uint8_t modifiers, Events& events);
  void release_unnamed(std::uint8_t modifiers, Events& events);
  void lift_fingers(Events& events);
  void hold_pen_buttons(std::uint8_t wanted, Events& events);
  std::uint32_t next_pad_sequence(std::uint8_t pad) noexcept;

  const SizePx picture_;
  std::bitset<256> keys_;                // that the client holds
  std::uint8_t lent_ = 0;                // modifiers that we hold for a key, as it names them
  std::optional<std::uint8_t> lent_to_;  // that key
  FixedList<std::uint32_t, input::kMaxFingers> fingers_;
  std::uint8_t pen_buttons_ = 0;  // of the mouse, as bits: what the pen holds
  std::bitset<kMaxPads> plugged_;
  std::array<std::uint8_t, kMaxPads> pad_sequence_{};
};

}  // namespace pf::gamestream
