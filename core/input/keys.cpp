#include "core/input/keys.h"

#include <algorithm>
#include <array>

namespace pf::input {
namespace {

struct Key {
  std::uint8_t code;
  std::uint16_t evdev;
};

// By place on the keyboard. Where two codes name one place, canonical_key() has chosen.
constexpr Key kKeys[] = {
    // Above the letters: Escape, the function keys, the digits.
    {0x1B, 1},
    {0x70, 59},
    {0x71, 60},
    {0x72, 61},
    {0x73, 62},
    {0x74, 63},
    {0x75, 64},
    {0x76, 65},
    {0x77, 66},
    {0x78, 67},
    {0x79, 68},
    {0x7A, 87},
    {0x7B, 88},
    {0x7C, 183},
    {0x7D, 184},
    {0x7E, 185},
    {0x7F, 186},
    {0x80, 187},
    {0x81, 188},
    {0x82, 189},
    {0x83, 190},
    {0x84, 191},
    {0x85, 192},
    {0x86, 193},
    {0x87, 194},
    {0xC0, 41},
    {0x31, 2},
    {0x32, 3},
    {0x33, 4},
    {0x34, 5},
    {0x35, 6},
    {0x36, 7},
    {0x37, 8},
    {0x38, 9},
    {0x39, 10},
    {0x30, 11},
    {0xBD, 12},
    {0xBB, 13},
    {0x08, 14},
    // Letters, row by row, with what stands beside them.
    {0x09, 15},
    {0x51, 16},
    {0x57, 17},
    {0x45, 18},
    {0x52, 19},
    {0x54, 20},
    {0x59, 21},
    {0x55, 22},
    {0x49, 23},
    {0x4F, 24},
    {0x50, 25},
    {0xDB, 26},
    {0xDD, 27},
    {0xDC, 43},
    {0x14, 58},
    {0x41, 30},
    {0x53, 31},
    {0x44, 32},
    {0x46, 33},
    {0x47, 34},
    {0x48, 35},
    {0x4A, 36},
    {0x4B, 37},
    {0x4C, 38},
    {0xBA, 39},
    {0xDE, 40},
    {0x0D, 28},
    {0xE2, 86},  // between the left Shift and Z, where a keyboard has one there
    {0x5A, 44},
    {0x58, 45},
    {0x43, 46},
    {0x56, 47},
    {0x42, 48},
    {0x4E, 49},
    {0x4D, 50},
    {0xBC, 51},
    {0xBE, 52},
    {0xBF, 53},
    {0xC1, 89},  // between the right Shift and the slash: Brazil and Japan
    {0x20, 57},
    // Modifiers and the keys between them.
    {0xA0, 42},
    {0xA1, 54},
    {0xA2, 29},
    {0xA3, 97},
    {0xA4, 56},
    {0xA5, 100},
    {0x5B, 125},
    {0x5C, 126},
    {0x5D, 127},
    {0x1C, 92},
    {0x1D, 94},
    {0x15, 93},
    // The block of navigation, and above it.
    {0x2C, 99},
    {0x91, 70},
    {0x13, 119},
    {0x2D, 110},
    {0x24, 102},
    {0x21, 104},
    {0x2E, 111},
    {0x23, 107},
    {0x22, 109},
    {0x26, 103},
    {0x25, 105},
    {0x28, 108},
    {0x27, 106},
    // The keypad. VK_SEPARATOR is its Enter, by agreement of the clients.
    {0x90, 69},
    {0x6F, 98},
    {0x6A, 55},
    {0x6D, 74},
    {0x67, 71},
    {0x68, 72},
    {0x69, 73},
    {0x6B, 78},
    {0x64, 75},
    {0x65, 76},
    {0x66, 77},
    {0x61, 79},
    {0x62, 80},
    {0x63, 81},
    {0x6C, 96},
    {0x60, 82},
    {0x6E, 83},
    {0xC2, 121},
    // Sound, playback, browser.
    {0xAD, 113},
    {0xAE, 114},
    {0xAF, 115},
    {0xB0, 163},
    {0xB1, 165},
    {0xB2, 166},
    {0xB3, 164},
    {0xA6, 158},
    {0xA7, 159},
    {0xA8, 173},
    {0xA9, 128},
    {0xAA, 217},
    {0xAB, 156},
    {0xAC, 172},
};

constexpr std::array<std::uint16_t, kKeyCodes> make_table() {
  std::array<std::uint16_t, kKeyCodes> table{};
  for (const Key& key : kKeys) table[key.code] = key.evdev;
  return table;
}
constexpr auto kEvdev = make_table();

}  // namespace

std::uint8_t canonical_key(std::uint32_t code) noexcept {
  switch (code & 0xFF) {
    case 0x10:
      return 0xA0;
    case 0x11:
      return 0xA2;
    case 0x12:
      return 0xA4;
    default:
      return static_cast<std::uint8_t>(code & 0xFF);
  }
}

bool is_modifier(std::uint8_t key) noexcept {
  return (key >= 0xA0 && key <= 0xA5) || key == 0x5B || key == 0x5C;
}

std::optional<std::uint16_t> evdev_key(std::uint32_t code) noexcept {
  const std::uint16_t evdev = kEvdev[canonical_key(code)];
  return evdev == 0 ? std::nullopt : std::optional(evdev);
}

std::optional<std::uint8_t> key_of_evdev(std::uint16_t evdev) noexcept {
  const auto* found = std::find_if(std::begin(kKeys), std::end(kKeys),
                                   [&](const Key& key) { return key.evdev == evdev; });
  return found == std::end(kKeys) ? std::nullopt : std::optional(found->code);
}

std::optional<std::uint16_t> evdev_button(std::uint32_t button) noexcept {
  // BTN_LEFT, BTN_MIDDLE, BTN_RIGHT, BTN_SIDE, BTN_EXTRA
  constexpr std::uint16_t kEvdevButtons[kButtons] = {0x110, 0x112, 0x111, 0x113, 0x114};
  if (button < 1 || button > kButtons) return std::nullopt;
  return kEvdevButtons[button - 1];
}

}  // namespace pf::input
