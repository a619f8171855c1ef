// A packet of the media plane as both ends think of it, apart from its bytes, and what a wire
// generation says about those bytes (docs/protocol/punktfunk1.md sections 10 and 11; punktfunk2.md
// section 11).
//
// Every frame is in *slice form*: its access unit is cut into shards of equal size, numbered from
// its start; a block is `data_count` of them from `base_shard` on, followed on the wire by its
// parity. Generation 1 writes its uniform frames in other words; its codec translates, so that
// nobody else has to know.
#pragma once

#include <cstdint>
#include <optional>

#include <tl/expected.hpp>

#include "core/base/bytes.h"
#include "core/base/time.h"

namespace pf::message {

// Bits of PacketHeader::flags, equal in all packets of a frame. Both generations write these
// numbers.
namespace frame_flags {
inline constexpr std::uint32_t kPicture = 0x01;         // on every video frame
inline constexpr std::uint32_t kKeyFrame = 0x04;        // IDR
inline constexpr std::uint32_t kProbe = 0x08;           // filler of a speed test, never decoded
inline constexpr std::uint32_t kRecoveryPoint = 0x10;   // an intra refresh wave begins or ends here
inline constexpr std::uint32_t kRecoveryAnchor = 0x20;  // refers only to frames known good
inline constexpr std::uint32_t kChunkAligned = 0x40;    // every shard decodes by itself
inline constexpr std::uint32_t kSliceStream = 0x80;     // blocks left before the frame was whole
}  // namespace frame_flags

struct PacketHeader {
  WireTime pts;                   // when the picture was captured
  std::uint32_t frame_index = 0;  // low 32 bits of the FrameId; probe frames count apart
  std::uint32_t stream_sequence =
      0;                    // +1 per packet in the order sent; diagnostic, generation 1 only
  std::uint32_t flags = 0;  // frame_flags
  std::uint32_t base_shard =
      0;  // of the block, counted in shards from the start of the access unit
  std::uint32_t frame_bytes = 0;  // of the access unit; 0 while !totals_known
  std::uint16_t block_index = 0;
  std::uint16_t block_count = 0;   // 0 while !totals_known
  std::uint16_t data_count = 0;    // k of this block
  std::uint16_t parity_count = 0;  // m of this block
  std::uint16_t shard_index = 0;   // 0 … k-1 data, k … k+m-1 parity
  std::uint16_t shard_bytes = 0;
  std::uint8_t epoch = 0;     // of the encoder; 0 in generation 1
  bool totals_known = false;  // whether this packet tells frame_bytes and block_count
  bool first_packet = false;  // of the frame; a hint, since that packet may be lost
  bool last_packet = false;   // likewise

  bool operator==(const PacketHeader&) const = default;
  bool is_probe() const noexcept { return (flags & frame_flags::kProbe) != 0; }
  bool is_last_block() const noexcept { return totals_known && block_index + 1 == block_count; }
};

// Bounds a receiver holds packets to, from the session's plan.
struct PacketLimits {
  std::uint16_t max_data_count = 4096;  // D: data shards of a block
  std::uint16_t max_shard_count = 0;    // k + m of a block
  std::uint16_t min_shard_bytes = 512;
  std::uint32_t max_frame_bytes = 8u << 20;
};

enum class PacketFault : std::uint8_t {
  truncated,  // shorter than its header says
  foreign,    // not a packet of this generation
  geometry,   // counts, sizes or indices that no sender may write
};
inline constexpr std::size_t kPacketFaults = 3;

struct Packet {
  PacketHeader header;
  Bytes shard;  // header.shard_bytes of them, inside the parsed bytes
};

// One wire generation's packets. A slot on the wire is: clear bytes (the packet number; they are
// the AAD), then the sealed header and shard, then the tag. Formats are constants of their codec
// rooms.
struct PacketFormat {
  std::uint16_t clear_bytes = 0;
  std::uint16_t header_bytes = 0;
  std::uint16_t tag_bytes = 0;

  // The number of a packet in its clear bytes. Reading expands a shortened number to the one
  // nearest `newest`.
  void (*write_number)(MutableBytes clear, std::uint64_t number) noexcept = nullptr;
  std::uint64_t (*read_number)(Bytes clear, std::uint64_t newest) noexcept = nullptr;

  // `into` has header_bytes; `packet` is an opened datagram: header and shard.
  void (*write_header)(MutableBytes into, const PacketHeader& header) noexcept = nullptr;
  tl::expected<Packet, PacketFault> (*parse)(Bytes packet,
                                             const PacketLimits& limits) noexcept = nullptr;

  constexpr std::uint16_t shard_offset() const noexcept {
    return static_cast<std::uint16_t>(clear_bytes + header_bytes);
  }
  constexpr std::uint16_t overhead_bytes() const noexcept {
    return static_cast<std::uint16_t>(shard_offset() + tag_bytes);
  }
  constexpr std::uint16_t wire_bytes(std::uint16_t shard_bytes) const noexcept {
    return static_cast<std::uint16_t>(shard_bytes + overhead_bytes());
  }
};

// Frame indices wrap: `candidate` is newer when it is less than half the space ahead.
constexpr bool newer_index(std::uint32_t newest, std::uint32_t candidate) noexcept {
  return static_cast<std::int32_t>(candidate - newest) > 0;
}

}  // namespace pf::message
