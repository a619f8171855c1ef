// Hello, Welcome and Start as punktfunk/1 writes them: magic "PKF1", told apart by their position
// in the handshake. Source: docs/protocol/punktfunk1.md sections 5.2 to 5.4; the offsets below are
// from there.
//
//   Hello    0 magic · 4 version · 8 width · 12 height · 16 Hz · 20 compositor · 21 gamepad · 22
//   kbps
//            26 name (u8 length) · then launch (u8 length) · T video caps · T+1 audio channels
//            T+2 codecs · T+3 preferred · T+4 display HDR (28 bytes or absent) · P client caps
//            P+1 max shard · P+3 audio rate · P+7 audio bits
//   Welcome  0 magic · 4 version · 8 port · 10 width · 14 height · 18 Hz · 22 FEC scheme, percent,
//   k
//            26 shard bytes · 28 encrypt · 29 key · 45 salt · 49 frames · 53 … 67 one-byte fields
//            68 cipher (+ 32 byte key) · M management port · grants, expiry · audio codec, rate,
//            bits, µs
//   Start    0 magic · 4 port
//
// Every field after a fixed minimum is optional on reading and takes its default when absent;
// trailing bytes are ignored. Only an unknown cipher makes a whole message invalid.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/message/handshake.h"

namespace pf::wire::v1 {

// nullopt: too short, wrong magic or (Welcome) a cipher we cannot honour.
std::optional<message::Hello> parse_hello(Bytes payload);
std::optional<message::Welcome> parse_welcome(Bytes payload) noexcept;
std::optional<message::Start> parse_start(Bytes payload) noexcept;

// Refresh rates must be whole (message::whole_hz); others are rounded down.
std::vector<std::byte> write_hello(const message::Hello& hello);
std::vector<std::byte> write_welcome(const message::Welcome& welcome);
std::vector<std::byte> write_start(const message::Start& start);

// The 28-byte body of display metadata, in Hello and in the 0xCE datagram.
inline constexpr std::size_t kHdrMetadataBytes = 28;
std::optional<message::HdrMetadata> parse_hdr_metadata(Bytes body) noexcept;
void write_hdr_metadata(const message::HdrMetadata& metadata, ByteWriter& out) noexcept;

}  // namespace pf::wire::v1
