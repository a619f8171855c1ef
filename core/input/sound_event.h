// What an input event of the wire means, once nonsense is taken out of it: everybody behind this
// function may rely on the values. Source: docs/protocol/punktfunk1.md sections 9.1, 16.
//
//   keys      a key that keyboards have, by its canonical code; no flags
//   motion    at most kMaxMotionPx in each direction
//   positions the client's surface is not empty, and the position lies in it
//   buttons   1…5
//   scroll    axis 0 or 1, at most kMaxScroll, not 0
//   text      a Unicode scalar value that can be typed
//   gamepads  one of kMaxPads, and a button, an axis, a type there is
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/display_mode.h"
#include "core/message/input_event.h"

namespace pf::input {

// Far beyond what a hand does between two events, and within what Wayland's 24.8 numbers hold.
inline constexpr std::int32_t kMaxMotionPx = 1'000'000;
inline constexpr std::int32_t kScrollPerNotch = 120;
inline constexpr std::int32_t kMaxScroll = 1000 * kScrollPerNotch;
inline constexpr unsigned kMaxPads = 16;

// nullopt: it means nothing.
std::optional<message::InputEvent> sound_event(message::InputEvent event) noexcept;

// The surface that a position of a client refers to.
SizePx surface_of(const message::InputEvent& event) noexcept;
std::uint32_t flags_of_surface(SizePx surface) noexcept;  // sides up to 65535 px

// What kind of device an event belongs to, and so which grant it needs.
enum class Device : std::uint8_t { keyboard, pointer, gamepad };
Device device_of(message::InputKind kind) noexcept;

// Of gamepad events: which one.
unsigned pad_of(const message::InputEvent& event) noexcept;

// In 1/256 px of an output, from its left or upper edge: what `position` px of a surface `surface`
// px long are on an output `output` px long. Exact for every pair of lengths but for rounding down
// to the 1/256, so that equal lengths give equal pixels.
std::int32_t on_output_256(std::int32_t position, std::uint32_t surface,
                           std::uint32_t output) noexcept;

}  // namespace pf::input
