// One frame being put together: its blocks, its buffer, what is there and what is missing.
//
// Knows nothing of windows or other frames. Data shards go straight to their place in the access
// unit's buffer, and lost ones are recovered into it. Once a block lacks a shard that others
// overtook, what it has is absorbed group by group while the rest arrives, so that little is left
// to do when the last shard needed is there. All memory comes from FrameMemory and is given back by
// clear().
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/bytes.h"
#include "core/fec/fec_codec.h"
#include "core/message/packet.h"
#include "core/video/frame_memory.h"

namespace pf::video {

// What became of a shard.
enum class ShardOutcome : std::uint8_t {
  stored,        // new, and still needed
  surplus,       // parity of a block that needs no more
  late,          // data that had been rebuilt already
  duplicate,     // there already
  inconsistent,  // contradicts what earlier packets of the frame said
  no_memory,     // would exceed what a session may hold
  broken,  // the frame can never be whole: contradictory blocks, or a block that does not decode
};

class FrameAssembly {
 public:
  // Begins with the first packet seen of a frame.
  void begin(const message::PacketHeader& header) noexcept;

  // Places the shard and, when its block has enough, recovers what that block lacks.
  ShardOutcome add(const message::Packet& packet, fec::FecCodec& codec,
                   FrameMemory& memory) noexcept;

  // Every block is whole and their number is known.
  bool complete() const noexcept { return totals_known_ && blocks_whole_ == block_count_; }
  // Of a complete frame: its blocks cover the access unit without a gap or an overlap.
  bool tiled() const noexcept;
  // Of a frame that will not be completed, as far as it is worth showing: zeros in the place of
  // data shards that are missing, and how many they are. Empty: too little is there, or its size is
  // unknown, or blocks overlap.
  std::optional<std::uint32_t> fill_holes() noexcept;
  // Of a complete or filled frame: the buffer, which the caller owes to FrameMemory from now on.
  // The rest is given back.
  FrameMemory::Extent hand_over(FrameMemory& memory) noexcept;

  void clear(FrameMemory& memory) noexcept;

  std::uint32_t frame_bytes() const noexcept { return frame_bytes_; }
  std::uint32_t recovered_count() const noexcept { return recovered_count_; }

 private:
  struct Block {
    std::uint32_t base_shard;
    std::uint16_t data_count;  // 0: no packet of it was seen
    std::uint16_t parity_count;
    std::uint16_t data_present;
    std::uint16_t parity_present;
    bool whole;
    FrameMemory::Extent side;     // presence of each shard, then the parity shards
    std::uint32_t group_shards;   // that are absorbed at once; 0: the block is recovered whole
    std::uint32_t groups_passed;  // a later shard than theirs came
    std::uint32_t groups_absorbed;
    FrameMemory::Extent absorbed;  // once something is missing
  };
  // Shards that were overtaken and come yet cost a group once more, and a peer may send one shard
  // of each group only: so much is worked through before the block has enough, for each shard
  // there.
  static constexpr std::uint32_t kMaxAbsorbedPerShard = 2;
  // Entries of a block's presence map.
  static constexpr std::uint8_t kAbsent = 0, kReceived = 1, kRebuilt = 2;

  // One in so many data shards has to be there. Less is no picture, and a peer that sends one
  // packet of the largest frame would have us write all the rest of it.
  static constexpr std::uint32_t kLeastShare = 2;

  Block* blocks() const noexcept { return reinterpret_cast<Block*>(blocks_.begin); }
  std::uint32_t data_present() const noexcept;  // of all blocks, rebuilt ones included
  std::uint8_t* presence(const Block& block) const noexcept;
  std::byte* parity(const Block& block) const noexcept;
  bool agrees(const message::PacketHeader& header) const noexcept;
  bool learn_totals(const message::PacketHeader& header) noexcept;
  bool make_room(const message::PacketHeader& header, FrameMemory& memory) noexcept;
  bool open_block(Block& block, const message::PacketHeader& header, const fec::FecCodec& codec,
                  FrameMemory& memory) noexcept;
  fec::ShardBlock shards_of(const Block& block) const noexcept;
  bool begin_absorbing(Block& block, const fec::ShardBlock& shards, fec::FecCodec& codec,
                       FrameMemory& memory) noexcept;
  void absorb_passed(Block& block, std::uint32_t shard_index, fec::FecCodec& codec,
                     FrameMemory& memory) noexcept;
  bool recover(Block& block, fec::FecCodec& codec) noexcept;

  FrameMemory::Extent blocks_;  // Block[block_capacity_]
  FrameMemory::Extent data_;    // the access unit, in whole shards
  std::uint32_t block_capacity_ = 0;
  std::uint32_t flags_ = 0;
  std::uint32_t frame_bytes_ = 0;
  std::uint32_t shard_count_ = 0;  // of the access unit, once known
  std::uint32_t blocks_whole_ = 0;
  std::uint32_t recovered_count_ = 0;
  std::uint16_t block_count_ = 0;
  std::uint16_t shard_bytes_ = 0;
  std::uint8_t epoch_ = 0;
  bool totals_known_ = false;
};

}  // namespace pf::video
