// Names of keys and buttons: what the wire calls them, and what Linux does.
//
// The wire names a key by the Windows virtual-key code that its place has on a US keyboard, so the
// key right of Tab is Q whatever is printed on it. Linux names places too (evdev codes of
// linux/input-event-codes.h), so the mapping is a table and no keyboard layout takes part in it.
// Source: docs/protocol/punktfunk1.md sections 9.1, 16.1.
#pragma once

#include <cstdint>
#include <optional>

namespace pf::input {

inline constexpr unsigned kKeyCodes = 256;  // only the low 8 bits of a code count

// Either side's Shift, Control or Alt is the left one: one place must not have two names.
std::uint8_t canonical_key(std::uint32_t code) noexcept;
bool is_modifier(std::uint8_t key) noexcept;  // `key` canonical

// nullopt: no key that a keyboard has.
std::optional<std::uint16_t> evdev_key(std::uint32_t code) noexcept;
// The inverse, for clients that read a Linux keyboard.
std::optional<std::uint8_t> key_of_evdev(std::uint16_t evdev) noexcept;

inline constexpr unsigned kButtons = 5;  // 1 left, 2 middle, 3 right, 4 and 5 on the side
std::optional<std::uint16_t> evdev_button(std::uint32_t button) noexcept;

}  // namespace pf::input
