// The 18 bytes of an input event (docs/protocol/punktfunk1.md section 9.1), little-endian:
//
//   0 tag 0xC8 · 1 kind · 2 code u32 · 6 x i32 · 10 y i32 · 14 flags u32
//
// They travel as a QUIC datagram, or sealed on the media plane of a session without control.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "core/base/bytes.h"
#include "core/message/input_event.h"

namespace pf::wire::v1 {

inline constexpr std::size_t kInputEventBytes = 18;

// nullopt: another tag, too short, or a kind that this build does not know. Longer ones may come.
std::optional<message::InputEvent> parse_input_event(Bytes datagram) noexcept;
std::array<std::byte, kInputEventBytes> write_input_event(
    const message::InputEvent& event) noexcept;

}  // namespace pf::wire::v1
