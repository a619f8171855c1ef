#include "core/video/frame_assembly.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "core/base/check.h"

namespace pf::video {
namespace {

constexpr std::size_t kAlignBytes = 64;

std::size_t aligned(std::size_t bytes) noexcept {
  return (bytes + kAlignBytes - 1) / kAlignBytes * kAlignBytes;
}

}  // namespace

void FrameAssembly::begin(const message::PacketHeader& header) noexcept {
  *this = {};
  flags_ = header.flags;
  shard_bytes_ = header.shard_bytes;
  epoch_ = header.epoch;
}

std::uint8_t* FrameAssembly::presence(const Block& block) const noexcept {
  return reinterpret_cast<std::uint8_t*>(block.side.begin);
}

std::byte* FrameAssembly::parity(const Block& block) const noexcept {
  return block.side.begin + aligned(std::size_t{block.data_count} + block.parity_count);
}

ShardOutcome FrameAssembly::add(const message::Packet& packet, fec::FecCodec& codec,
                                FrameMemory& memory) noexcept {
  const message::PacketHeader& header = packet.header;
  if (!agrees(header)) return ShardOutcome::inconsistent;
  if (header.totals_known && !totals_known_ && !learn_totals(header)) return ShardOutcome::broken;
  if (!make_room(header, memory)) return ShardOutcome::no_memory;
  Block& block = blocks()[header.block_index];
  if (block.data_count == 0) {
    if (!open_block(block, header, codec, memory)) return ShardOutcome::no_memory;
  } else if (block.base_shard != header.base_shard || block.data_count != header.data_count ||
             block.parity_count != header.parity_count) {
    return ShardOutcome::inconsistent;
  }

  std::uint8_t& present = presence(block)[header.shard_index];
  const bool is_data = header.shard_index < header.data_count;
  if (present == kReceived) return ShardOutcome::duplicate;
  if (present == kRebuilt) {
    present = kReceived;
    return ShardOutcome::late;
  }
  if (block.whole) {
    present = kReceived;
    return ShardOutcome::surplus;
  }
  const std::size_t within = is_data ? header.shard_index : header.shard_index - header.data_count;
  std::byte* const place = is_data ? data_.begin + (header.base_shard + within) * shard_bytes_
                                   : parity(block) + within * shard_bytes_;
  std::memcpy(place, packet.shard.data(), shard_bytes_);
  present = kReceived;
  ++(is_data ? block.data_present : block.parity_present);
  if (block.data_present + block.parity_present < block.data_count) {
    absorb_passed(block, header.shard_index, codec, memory);
    return ShardOutcome::stored;
  }
  if (block.data_present < block.data_count && !recover(block, codec)) return ShardOutcome::broken;
  memory.give_back(block.absorbed);
  block.whole = true;
  ++blocks_whole_;
  return ShardOutcome::stored;
}

// Against what earlier packets said of the frame as a whole.
bool FrameAssembly::agrees(const message::PacketHeader& header) const noexcept {
  if (header.shard_bytes != shard_bytes_ || header.epoch != epoch_) return false;
  if (((header.flags ^ flags_) & message::frame_flags::kSliceStream) != 0) return false;
  if (!totals_known_) return true;
  if (header.totals_known &&
      (header.frame_bytes != frame_bytes_ || header.block_count != block_count_))
    return false;
  // A block that does not tell the totals is not the last one, which ends where the frame does.
  const std::uint64_t end = std::uint64_t{header.base_shard} + header.data_count;
  const std::uint32_t last_index = header.totals_known ? block_count_ : block_count_ - 1u;
  return header.block_index < last_index && end <= shard_count_;
}

// False: blocks seen already do not fit the frame that this packet describes.
bool FrameAssembly::learn_totals(const message::PacketHeader& header) noexcept {
  const std::uint32_t shard_count =
      header.frame_bytes == 0 ? 1 : (header.frame_bytes - 1) / shard_bytes_ + 1;
  for (std::uint32_t i = 0; i < block_capacity_; ++i) {
    const Block& block = blocks()[i];
    if (block.data_count == 0) continue;
    const std::uint64_t end = std::uint64_t{block.base_shard} + block.data_count;
    const bool before_last = i + 1 < header.block_count;
    if (!before_last || end > shard_count || (header.is_last_block() && end > header.base_shard))
      return false;
  }
  totals_known_ = true;
  frame_bytes_ = header.frame_bytes;
  block_count_ = header.block_count;
  shard_count_ = shard_count;
  return true;
}

// For the block's state and for its part of the access unit. A frame of unknown size grows with its
// blocks.
bool FrameAssembly::make_room(const message::PacketHeader& header, FrameMemory& memory) noexcept {
  const std::uint32_t blocks_wanted = totals_known_ ? block_count_ : header.block_index + 1u;
  if (blocks_wanted > block_capacity_) {
    const std::uint32_t capacity =
        totals_known_ ? blocks_wanted : std::max(blocks_wanted, 2 * block_capacity_);
    if (!memory.grow(blocks_, capacity * sizeof(Block))) return false;
    for (std::uint32_t i = block_capacity_; i < capacity; ++i) new (&blocks()[i]) Block{};
    block_capacity_ = capacity;
  }
  const std::size_t needed = (std::size_t{header.base_shard} + header.data_count) * shard_bytes_;
  if (totals_known_)
    return memory.grow(data_, std::max(needed, std::size_t{shard_count_} * shard_bytes_));
  if (needed <= data_.bytes) return true;
  return memory.grow(data_, std::max(needed, 2 * data_.bytes)) || memory.grow(data_, needed);
}

bool FrameAssembly::open_block(Block& block, const message::PacketHeader& header,
                               const fec::FecCodec& codec, FrameMemory& memory) noexcept {
  const std::size_t shards = std::size_t{header.data_count} + header.parity_count;
  block.side = memory.take(aligned(shards) + std::size_t{header.parity_count} * shard_bytes_);
  if (!block.side) return false;
  std::memset(block.side.begin, kAbsent, shards);
  block.base_shard = header.base_shard;
  block.data_count = header.data_count;
  block.parity_count = header.parity_count;
  if (const auto absorption = codec.absorption(shards_of(block)))
    block.group_shards = absorption->group_shards;
  return true;
}

fec::ShardBlock FrameAssembly::shards_of(const Block& block) const noexcept {
  return {.data = data_.begin + std::size_t{block.base_shard} * shard_bytes_,
          .parity = parity(block),
          .stride = shard_bytes_,
          .shard_bytes = shard_bytes_,
          .data_count = block.data_count,
          .parity_count = block.parity_count};
}

// Shards come mostly in order: when one of a later group is there, what a group lacks is lost, or
// late at least. While nothing is lost nothing is worked through.
void FrameAssembly::absorb_passed(Block& block, std::uint32_t shard_index, fec::FecCodec& codec,
                                  FrameMemory& memory) noexcept {
  if (block.group_shards == 0) return;
  const bool is_data = shard_index < block.data_count;
  const std::uint32_t passed =
      is_data ? shard_index / block.group_shards
              : (block.data_count + block.group_shards - 1) / block.group_shards;
  if (passed <= block.groups_passed) return;
  block.groups_passed = passed;
  const std::uint32_t present_before = block.data_present - (is_data ? 1u : 0u);
  if (present_before >= std::min<std::uint32_t>(passed * block.group_shards, block.data_count))
    return;

  const fec::ShardBlock shards = shards_of(block);
  if (!block.absorbed && !begin_absorbing(block, shards, codec, memory)) {
    block.group_shards = 0;
    return;
  }
  const std::uint32_t most =
      kMaxAbsorbedPerShard * block.data_present / block.group_shards;  // of the groups
  for (; block.groups_absorbed < std::min(passed, most); ++block.groups_absorbed) {
    codec.absorb(shards, {presence(block), std::size_t{block.data_count} + block.parity_count},
                 block.groups_absorbed, block.absorbed.begin);
  }
}

// Memory that frames themselves may come to need is not taken for speed.
bool FrameAssembly::begin_absorbing(Block& block, const fec::ShardBlock& shards,
                                    fec::FecCodec& codec, FrameMemory& memory) noexcept {
  const std::size_t bytes = codec.absorption(shards)->bytes;
  if (memory.used_bytes() + bytes > memory.capacity_bytes() / 2) return false;
  block.absorbed = memory.take(bytes);
  if (!block.absorbed) return false;
  codec.begin_absorbing(shards, block.absorbed.begin);
  return true;
}

bool FrameAssembly::recover(Block& block, fec::FecCodec& codec) noexcept {
  const fec::ShardBlock shards = shards_of(block);
  std::uint8_t* const present = presence(block);
  const std::span<const std::uint8_t> there(present,
                                            std::size_t{block.data_count} + block.parity_count);
  const bool recovered = block.absorbed
                             ? codec.recover_absorbed(shards, there, block.absorbed.begin)
                             : codec.recover(shards, there);
  if (!recovered) return false;
  std::replace(present, present + block.data_count, kAbsent, kRebuilt);
  recovered_count_ += static_cast<std::uint32_t>(block.data_count - block.data_present);
  return true;
}

bool FrameAssembly::tiled() const noexcept {
  PF_DCHECK(complete());
  std::uint32_t expected = 0;
  for (std::uint32_t i = 0; i < block_count_; ++i) {
    if (blocks()[i].base_shard != expected) return false;
    expected += blocks()[i].data_count;
  }
  return expected == shard_count_;
}

std::uint32_t FrameAssembly::data_present() const noexcept {
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < block_capacity_; ++i)
    count += blocks()[i].whole ? blocks()[i].data_count : blocks()[i].data_present;
  return count;
}

std::optional<std::uint32_t> FrameAssembly::fill_holes() noexcept {
  if (!totals_known_ || data_.bytes < std::size_t{shard_count_} * shard_bytes_ ||
      data_present() < (shard_count_ + kLeastShare - 1) / kLeastShare)
    return std::nullopt;
  std::uint32_t next = 0, missing = 0;  // shards below `next` are done
  const auto skip_to = [&](std::uint32_t shard) {
    std::memset(data_.begin + std::size_t{next} * shard_bytes_, 0,
                std::size_t{shard - next} * shard_bytes_);
    missing += shard - next;
    next = shard;
  };
  for (std::uint32_t i = 0; i < std::min<std::uint32_t>(block_capacity_, block_count_); ++i) {
    const Block& block = blocks()[i];
    if (block.data_count == 0) continue;
    if (block.base_shard < next) return std::nullopt;
    skip_to(block.base_shard);
    for (std::uint32_t shard = 0; shard < block.data_count; ++shard) {
      if (presence(block)[shard] == kAbsent) {
        skip_to(next + 1);
      } else {
        ++next;
      }
    }
  }
  skip_to(shard_count_);
  return missing;
}

FrameMemory::Extent FrameAssembly::hand_over(FrameMemory& memory) noexcept {
  const FrameMemory::Extent data = std::exchange(data_, {});
  clear(memory);
  return data;
}

void FrameAssembly::clear(FrameMemory& memory) noexcept {
  for (std::uint32_t i = 0; i < block_capacity_; ++i) {
    memory.give_back(blocks()[i].side);
    memory.give_back(blocks()[i].absorbed);
  }
  memory.give_back(blocks_);
  memory.give_back(data_);
  *this = {};
}

}  // namespace pf::video
