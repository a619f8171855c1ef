// fec_scheme 1: the GF(2^16) Reed-Solomon code of the ecosystem, in O(n log n), byte for byte.
//
// Encoding is two transforms of the size of the smaller side (docs/protocol/punktfunk1.md
// section 11.5). Recovery does not invert anything as large as the block: it encodes what is there,
// so that the difference to the received parity (the syndrome) depends on the lost shards alone,
// and solves that Cauchy system with the same two transforms run the other way. Both work on one
// narrow column of all shards at a time, so that the rows stay in the first-level cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/fec/fec_codec.h"
#include "core/fec/gf16.h"
#include "core/fec/gf16_kernels.h"
#include "core/fec/gf16_locator.h"

namespace pf::fec {

class Gf16Codec final : public FecCodec {
 public:
  // Blocks up to this size. Scratch memory grows with the smaller of the two.
  struct Limits {
    std::uint32_t data_count = 0;
    std::uint32_t parity_count = 0;
  };
  explicit Gf16Codec(const Limits& limits, const Gf16Kernels& kernels = best_gf16_kernels());

  bool supports(const ShardBlock& block) const noexcept override;
  void encode(const ShardBlock& block) noexcept override;
  [[nodiscard]] bool recover(const ShardBlock& block,
                             std::span<const std::uint8_t> present) noexcept override;

 private:
  // A column of every shard.
  struct Strip {
    std::size_t offset;       // within a shard
    std::size_t shard_bytes;  // of each shard
    std::size_t row_bytes;    // the same, up to whole blocks
  };
  struct Shards {  // shards as the source of rows
    const std::byte* base;
    std::size_t stride;
    std::uint32_t count;
    const std::uint8_t* present;  // null: all are there; absent ones are rows of zeros
  };
  struct Erasure {
    std::uint32_t index;  // of the lost data shard, or of the parity shard used
    Gf16 factor;          // what its row is multiplied with
  };

  template <class Work>
  void for_each_strip(const ShardBlock& block, Work work) noexcept;
  void load_rows(std::byte* rows, const Strip& strip, const Shards& shards,
                 std::uint32_t first) noexcept;
  void inverse_transform(std::byte* rows, std::size_t row_bytes, std::uint32_t point,
                         std::uint32_t used) noexcept;
  void forward_transform(std::byte* rows, std::size_t row_bytes, std::uint32_t point,
                         std::uint32_t wanted) noexcept;
  void combine_far_side(const Strip& strip, const Shards& shards) noexcept;

  void encode_high(const ShardBlock& block, const Strip& strip) noexcept;
  void encode_low(const ShardBlock& block, const Strip& strip) noexcept;
  void recover_single(const ShardBlock& block, std::uint32_t lost) noexcept;
  void recover_high(const ShardBlock& block, const Strip& strip,
                    std::span<const std::uint8_t> present) noexcept;
  void recover_low(const ShardBlock& block, const Strip& strip,
                   std::span<const std::uint8_t> present) noexcept;
  bool choose_erasures(const ShardBlock& block, std::span<const std::uint8_t> present) noexcept;
  void compute_factors(const ShardBlock& block) noexcept;
  void weigh_syndromes(const ShardBlock& block, const Strip& strip, std::byte* rows,
                       std::uint32_t first, std::uint32_t count,
                       std::span<const Erasure> used) noexcept;
  void write_lost(const ShardBlock& block, const Strip& strip, std::byte* rows, std::uint32_t first,
                  std::span<const Erasure> lost) noexcept;

  const Limits limits_;
  const Gf16Kernels& kernels_;
  Gf16Layout layout_;  // of the block being worked on
  std::unique_ptr<std::byte[], void (*)(void*)> scratch_;
  std::byte* sum_ = nullptr;  // size() rows each
  std::byte* work_ = nullptr;
  std::byte* spectrum_ = nullptr;
  std::byte* spare_row_ = nullptr;
  std::vector<Erasure> lost_;  // ascending
  std::vector<Erasure> used_;  // ascending, as many as lost_
  Gf16Locator locator_;
};

}  // namespace pf::fec
