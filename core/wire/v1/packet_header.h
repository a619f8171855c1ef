// The 40 bytes in front of every shard, and the packet number in front of those
// (docs/protocol/punktfunk1.md sections 10.2 and 10.3). Header fields are little-endian, the number
// is big-endian.
//
//   0         8              12              16             20           24             26 28
//   +---------+--------------+---------------+--------------+------------+--------------+--------------+
//   | pts_ns  | frame_index  | stream_seq    | frame_bytes  | user_flags | block_index  |
//   block_count  |
//   +---------+------+-------+---------+-----+-------+------+-----+------+---+------------+------------+
//   | data_shards    | recovery_shards | shard_index | shard_bytes | 0xC9   | version   | scheme |
//   flags |
//   +----------------+-----------------+-------------+-------------+--------+-----------+--------+-------+
//   28               30                32            34            36       37          38       39
//
// A uniform frame says its totals in every packet and leaves the bases to be computed; a
// slice-streamed one writes the base of an early block where the total belongs. Both become the
// slice form of message::PacketHeader here.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/bytes.h"
#include "core/message/media.h"
#include "core/message/packet.h"

namespace pf::wire::v1 {

inline constexpr std::uint16_t kPacketHeaderBytes = 40;
inline constexpr std::uint16_t kSequenceBytes = 8;
inline constexpr std::uint16_t kTagBytes = 16;

// The fields as they lie, before anybody asks what they mean.
struct PacketFields {
  std::uint64_t pts_ns = 0;
  std::uint32_t frame_index = 0;
  std::uint32_t stream_seq = 0;
  std::uint32_t frame_bytes = 0;
  std::uint32_t user_flags = 0;
  std::uint16_t block_index = 0;
  std::uint16_t block_count = 0;  // 0: not known yet
  std::uint16_t data_shards = 0;
  std::uint16_t recovery_shards = 0;
  std::uint16_t shard_index = 0;
  std::uint16_t shard_bytes = 0;
  std::uint8_t fec_scheme = 1;  // not read by receivers: the Welcome decides
  std::uint8_t packet_flags = 0;

  bool operator==(const PacketFields&) const = default;
};

inline constexpr std::uint8_t kPacketPicture = 1;  // always set
inline constexpr std::uint8_t kPacketEnd = 2;      // last packet emitted for the frame
inline constexpr std::uint8_t kPacketStart = 4;    // shard 0 of block 0

// Empty: shorter than a header, or without its magic.
std::optional<PacketFields> parse_packet_fields(Bytes bytes) noexcept;
void write_packet_fields(ByteWriter& out, const PacketFields& fields) noexcept;

// What receivers of this generation accept of a block: k + m.
std::uint16_t max_shards_per_block(std::uint16_t max_data_per_block,
                                   std::uint8_t fec_scheme) noexcept;

// What receivers of a session with these parameters hold packets to (section 12.1).
message::PacketLimits packet_limits(const message::FecParameters& fec, std::uint16_t shard_bytes,
                                    std::uint32_t max_frame_bytes) noexcept;

// The format of a session's packets, and that of the unsealed ones that exist for tests
// (Welcome.encrypt = 0). Parity of GF(2^8) sessions is marked as such.
const message::PacketFormat& sealed_packets(std::uint8_t fec_scheme = 1) noexcept;
const message::PacketFormat& bare_packets(std::uint8_t fec_scheme = 1) noexcept;
inline const message::PacketFormat& sealed_packets(message::FecScheme scheme) noexcept {
  return sealed_packets(static_cast<std::uint8_t>(scheme));
}
inline const message::PacketFormat& bare_packets(message::FecScheme scheme) noexcept {
  return bare_packets(static_cast<std::uint8_t>(scheme));
}

}  // namespace pf::wire::v1
