// fec_scheme 1: the GF(2^16) Reed-Solomon code of the ecosystem, in O(n log n), byte for byte.
//
// Encoding is two transforms of the size of the smaller side (docs/protocol/punktfunk1.md
// section 11.5). Recovery does not invert anything as large as the block: it encodes what is there,
// so that the difference to the received parity (the syndrome) depends on the lost shards alone,
// and solves that Cauchy system with the same two transforms run the other way. Few parity shards,
// and few lost ones, are a plain product with a small matrix instead. README.md has the
// mathematics.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/fec/fec_codec.h"
#include "core/fec/fec_kernels.h"
#include "core/fec/gf16.h"
#include "core/fec/gf16_locator.h"
#include "core/fec/strip_transform.h"

namespace pf::fec {

class Gf16Codec final : public FecCodec {
 public:
  // Blocks up to this size. Scratch memory grows with the smaller of the two.
  struct Limits {
    std::uint32_t data_count = 0;
    std::uint32_t parity_count = 0;
  };
  explicit Gf16Codec(const Limits& limits, const FecKernels& kernels = best_gf16_kernels());

  bool supports(const ShardBlock& block) const noexcept override;
  void encode(const ShardBlock& block) noexcept override;
  [[nodiscard]] bool recover(const ShardBlock& block,
                             std::span<const std::uint8_t> present) noexcept override;

  std::optional<Absorption> absorption(const ShardBlock& block) const noexcept override;
  void begin_absorbing(const ShardBlock& block, std::byte* memory) noexcept override;
  void absorb(const ShardBlock& block, std::span<const std::uint8_t> present, std::uint32_t group,
              std::byte* memory) noexcept override;
  [[nodiscard]] bool recover_absorbed(const ShardBlock& block,
                                      std::span<const std::uint8_t> present,
                                      std::byte* memory) noexcept override;

 private:
  using Indices = std::vector<std::uint32_t>;

  // The rows of one strip in the scratch memory.
  struct Strip {
    StripShards data;
    StripShards parity;
    StripRows sum;
    StripRows work;
    StripRows spectrum;
  };

  // `sums`: where the sums of all strips lie, or null for the scratch memory.
  template <class Work>
  void for_each_strip(const ShardBlock& block, std::byte* sums, Work work) noexcept;

  void encode_product(const ShardBlock& block) noexcept;
  void encode_high(const Strip& strip) noexcept;
  void encode_low(const Strip& strip) noexcept;
  void sum_of_data(const Strip& strip) noexcept;

  bool choose_erasures(const ShardBlock& block, std::span<const std::uint8_t> present) noexcept;
  void recover_single(const ShardBlock& block) noexcept;
  bool recovers_by_product(const ShardBlock& block) const noexcept;
  void recover_product(const ShardBlock& block, std::span<const std::uint8_t> present) noexcept;
  void compute_factors(const ShardBlock& block) noexcept;
  bool solves_by_product() const noexcept;
  void compute_inverse() noexcept;
  void solve_high(const Strip& strip) noexcept;
  void solve_product(const Strip& strip) noexcept;
  void recover_low(const Strip& strip) noexcept;
  void weigh_syndromes(const Strip& strip, const StripRows& rows, std::uint32_t first,
                       std::span<const std::uint32_t> used) noexcept;
  void finish_lost(const Strip& strip, const StripRows& rows, std::uint32_t first,
                   std::span<const std::uint32_t> lost) noexcept;

  std::uint32_t group_shards() const noexcept;
  void absorb_group(const ShardBlock& block, std::span<const std::uint8_t> present,
                    std::uint32_t group, std::byte* memory) noexcept;

  std::uint32_t data_point(std::uint32_t index) const noexcept;
  std::uint32_t parity_point(std::uint32_t index) const noexcept;
  std::uint32_t far_log(std::uint32_t point) const noexcept;

  const Limits limits_;
  const FecKernels& kernels_;
  Gf16Layout layout_;  // of the block being worked on
  StripTransform transform_;
  std::unique_ptr<std::byte[], void (*)(void*)> scratch_;
  std::size_t rows_bytes_ = 0;  // of each third of it
  Indices lost_;                // data shards, ascending
  Indices used_;                // parity shards instead, ascending, as many
  Indices wanted_;              // rows of one transform
  std::vector<Gf16> lost_factors_;
  std::vector<Gf16> used_factors_;
  Gf16Locator locator_;
  std::vector<const std::byte*> sources_;
  std::vector<std::byte*> targets_;
  std::vector<Gf16> factors_;
  std::vector<std::uint8_t> fresh_;  // data shards of a group that are absorbed now
  ShardBlock encoding_;              // the shape that factors_ were made for, if for encoding
};

}  // namespace pf::fec
