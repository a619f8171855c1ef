// A keyboard of the seat that types text: any character, whatever layout the desktop has.
//
// Its keymap is made of the characters it has typed lately, one for each of the keys that type
// something on any keyboard (programs look at the place of a key too, and some take Escape for
// Escape whatever it types). A character that is not on it takes the key which was not used for the
// longest time; then programs get a new keymap, before the key, as Wayland promises.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "host/input/wlr/seat_connection.h"

struct zwp_virtual_keyboard_v1;

namespace pf::input::wlr {

// Which key types which character.
class TextKeymap {
 public:
  static constexpr std::size_t kKeys = 47;

  TextKeymap();

  struct Place {
    std::uint16_t evdev = 0;
    bool changed = false;  // the keymap has to be told again
  };
  Place place_of(char32_t character);

  // The keymap as XKB text.
  std::string text() const;

 private:
  struct Key {
    char32_t character = 0;
    std::uint64_t used = 0;  // when, by count
  };
  std::array<Key, kKeys> keys_;
  std::uint64_t used_ = 0;
};

class TextKeyboard {
 public:
  // `connection` outlives it.
  static std::unique_ptr<TextKeyboard> open(SeatConnection& connection);
  ~TextKeyboard();
  TextKeyboard(const TextKeyboard&) = delete;
  TextKeyboard& operator=(const TextKeyboard&) = delete;

  // Presses and releases. False: there is no memory for a keymap.
  [[nodiscard]] bool type(char32_t character, std::uint32_t time_ms);

 private:
  explicit TextKeyboard(zwp_virtual_keyboard_v1* handle) noexcept : handle_(handle) {}

  zwp_virtual_keyboard_v1* const handle_;
  TextKeymap keymap_;
  bool told_ = false;  // the compositor has a keymap
};

}  // namespace pf::input::wlr
