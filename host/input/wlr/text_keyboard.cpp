#include "host/input/wlr/text_keyboard.h"

#include <linux/input-event-codes.h>
#include <wayland-client.h>
#include <xkbcommon/xkbcommon.h>

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "host/input/wlr/keymap_file.h"
#include "virtual-keyboard-unstable-v1-client-protocol.h"

namespace pf::input::wlr {
namespace {

// Digits, three rows of letters with what stands beside them, space.
constexpr std::array<std::uint16_t, TextKeymap::kKeys> kPlaces = {
    2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
    30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 57};
// To begin with: the most of most texts.
constexpr std::u32string_view kFirst = U"1234567890-'qwertyuiop?!asdfghjkl:;(\nzxcvbnm,. ";
static_assert(kFirst.size() == TextKeymap::kKeys);

// A line ends with the key that does so on keyboards.
char32_t typed(char32_t character) noexcept { return character == U'\n' ? U'\r' : character; }

std::string symbol_of(char32_t character) {
  char name[64];
  xkb_keysym_get_name(xkb_utf32_to_keysym(character), name, sizeof name);
  return name;
}

}  // namespace

TextKeymap::TextKeymap() {
  for (std::size_t i = 0; i < kKeys; ++i) keys_[i].character = typed(kFirst[i]);
}

TextKeymap::Place TextKeymap::place_of(char32_t character) {
  character = typed(character);
  auto key = std::find_if(keys_.begin(), keys_.end(),
                          [&](const Key& each) { return each.character == character; });
  const bool changed = key == keys_.end();
  if (changed) {
    key = std::min_element(keys_.begin(), keys_.end(),
                           [](const Key& a, const Key& b) { return a.used < b.used; });
    key->character = character;
  }
  key->used = ++used_;
  return {kPlaces[static_cast<std::size_t>(key - keys_.begin())], changed};
}

std::string TextKeymap::text() const {
  std::string codes, symbols;
  for (std::size_t i = 0; i < kKeys; ++i) {
    codes += fmt::format("<T{0}> = {0};\n", kPlaces[i] + 8);
    symbols +=
        fmt::format("key <T{}> {{ [ {} ] }};\n", kPlaces[i] + 8, symbol_of(keys_[i].character));
  }
  return fmt::format(
      "xkb_keymap {{\n"
      "xkb_keycodes \"text\" {{ minimum = 8; maximum = 255;\n{}}};\n"
      "xkb_types \"text\" {{ include \"complete\" }};\n"
      "xkb_compatibility \"text\" {{ include \"complete\" }};\n"
      "xkb_symbols \"text\" {{\n{}}};\n"
      "}};\n",
      codes, symbols);
}

std::unique_ptr<TextKeyboard> TextKeyboard::open(SeatConnection& connection) {
  return std::unique_ptr<TextKeyboard>(
      new TextKeyboard(zwp_virtual_keyboard_manager_v1_create_virtual_keyboard(
          connection.keyboards(), connection.seat())));
}

TextKeyboard::~TextKeyboard() { zwp_virtual_keyboard_v1_destroy(handle_); }

bool TextKeyboard::type(char32_t character, std::uint32_t time_ms) {
  const TextKeymap::Place place = keymap_.place_of(character);
  if (place.changed || !told_) {
    const std::string text = keymap_.text();
    const auto file = keymap_file(text);
    told_ = file.has_value();
    if (!file) return false;
    zwp_virtual_keyboard_v1_keymap(handle_, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, file->get(),
                                   static_cast<std::uint32_t>(text.size() + 1));
  }
  zwp_virtual_keyboard_v1_key(handle_, time_ms, place.evdev, WL_KEYBOARD_KEY_STATE_PRESSED);
  zwp_virtual_keyboard_v1_key(handle_, time_ms, place.evdev, WL_KEYBOARD_KEY_STATE_RELEASED);
  return true;
}

}  // namespace pf::input::wlr
