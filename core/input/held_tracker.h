// What somebody holds down: keys, mouse buttons, fingers. So that nothing stays down when he is
// gone, and so that what says nothing new stops here: a second press of a key that is down, a
// release of one that is up, the movement of a finger that is not there.
//
// Both ends have one. The client's releases when its window loses the focus; the host's when the
// client goes, falls silent or may no longer, and when the device behind it died. Pure.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/fixed_list.h"
#include "core/input/keys.h"
#include "core/input/sound_event.h"
#include "core/message/input_event.h"

namespace pf::input {

// Screens that people buy feel ten.
inline constexpr std::size_t kMaxFingers = 16;

class HeldTracker {
 public:
  // Whether the event is to go on: not if it changes nothing, or is one finger too many. `event` is
  // sound.
  [[nodiscard]] bool is_news(const message::InputEvent& event) const noexcept;
  // It has gone on; it was news.
  void follow(const message::InputEvent& event) noexcept;
  [[nodiscard]] bool admit(const message::InputEvent& event) noexcept {
    const bool news = is_news(event);
    if (news) follow(event);
    return news;
  }

  // The events that let go of everything of this device, modifiers last, so that no shortcut comes
  // of a key whose Control went first. Nothing of it is held afterwards.
  std::vector<message::InputEvent> release(Device device);
  std::vector<message::InputEvent> release_all();

  std::size_t held_count() const noexcept {
    return keys_.count() + buttons_.count() + fingers_.size();
  }

 private:
  bool touches(std::uint32_t finger) const noexcept;
  void release_keys(std::vector<message::InputEvent>& into);
  void release_pointer(std::vector<message::InputEvent>& into);

  std::bitset<kKeyCodes> keys_;
  std::bitset<kButtons + 1> buttons_;  // by their number; 0 is never set
  FixedList<std::uint32_t, kMaxFingers> fingers_;
};

}  // namespace pf::input
