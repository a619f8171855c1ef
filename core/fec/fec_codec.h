// Erasure codes: k data shards give m parity shards; any k of the k + m give the data back.
//
// Shards are windows inside packets or inside a frame buffer: nothing is copied out, parity is
// written where it will be sent from, and a lost shard is written where it belongs. All scratch
// memory is taken when a codec is made. A codec belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
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

  std::byte* data_shard(std::size_t index) const noexcept { return data + index * stride; }
  std::byte* parity_shard(std::size_t index) const noexcept { return parity + index * stride; }
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
};

}  // namespace pf::fec
