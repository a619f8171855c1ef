// Erasure codes: k data shards give m parity shards; any k of the k + m give the data back.
//
// Shards are windows inside packets or inside a frame buffer: nothing is copied out, parity is
// written where it will be sent from, and a lost shard is written where it belongs. All scratch
// memory is taken when a codec is made. A codec belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace pf::fec {

// One block. Shard i of either kind begins at its base + i * stride. Nothing is owned.
struct ShardBlock {
  std::byte* data = nullptr;    // data_count shards
  std::byte* parity = nullptr;  // parity_count shards
  std::size_t stride = 0;       // bytes from one shard to the next, at least shard_bytes
  std::uint32_t shard_bytes = 0;
  std::uint16_t data_count = 0;    // k
  std::uint16_t parity_count = 0;  // m
  // Where the last data shard lies instead, for encoding; null: behind the others. It lets shards
  // be borrowed from memory that ends within the last one.
  std::byte* last_data = nullptr;

  std::byte* data_shard(std::size_t index) const noexcept {
    return last_data != nullptr && index + 1 == data_count ? last_data : data + index * stride;
  }
  std::byte* parity_shard(std::size_t index) const noexcept { return parity + index * stride; }
};

// How a block is recovered step by step, so that little is left to do once it has enough shards.
struct Absorption {
  std::uint32_t group_shards = 0;  // data shards are absorbed in aligned groups of so many; the
                                   // last group may be smaller
  std::size_t bytes = 0;           // of memory that a block needs for it, at a cache line
};

class FecCodec {
 public:
  virtual ~FecCodec() = default;

  // Whether the code exists for this shape and fits the limits this codec was made with.
  virtual bool supports(const ShardBlock& block) const noexcept = 0;

  // Writes every parity shard. The block must be supported.
  virtual void encode(const ShardBlock& block) noexcept = 0;

  // Writes the data shards whose entry in `present` is 0; touches no other byte. `present` has k +
  // m entries, data first; a parity shard whose entry is 0 is never read, so `parity` may then hold
  // anything. False, with nothing written, when fewer than k are present, or the shape is not
  // supported, or `present` does not fit it.
  [[nodiscard]] virtual bool recover(const ShardBlock& block,
                                     std::span<const std::uint8_t> present) noexcept = 0;

  // The same in steps. Empty: this code, or this shape, gains nothing by it.
  virtual std::optional<Absorption> absorption(const ShardBlock& /*block*/) const noexcept {
    return std::nullopt;
  }

  // Makes `memory` ready for a block that has an absorption.
  virtual void begin_absorbing(const ShardBlock& /*block*/, std::byte* /*memory*/) noexcept {}

  // Works the data shards of one group that are present and were not absorbed before into `memory`.
  // They may not change afterwards. Costs as much whether few of them are there or all.
  virtual void absorb(const ShardBlock& /*block*/, std::span<const std::uint8_t> /*present*/,
                      std::uint32_t /*group*/, std::byte* /*memory*/) noexcept {}

  // As recover(), by way of what was absorbed; what was not yet is now. `memory` may hold anything
  // afterwards.
  [[nodiscard]] virtual bool recover_absorbed(const ShardBlock& block,
                                              std::span<const std::uint8_t> present,
                                              std::byte* /*memory*/) noexcept {
    return recover(block, present);
  }
};

}  // namespace pf::fec
