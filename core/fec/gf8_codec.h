// fec_scheme 0 and the video code of GameStream: a Cauchy code over GF(2^8), byte for byte that of
// nanors (docs/protocol/punktfunk1.md section 11.5).
//
// Parity j of data i has the coefficient 1 / ((m + i) + j), + being XOR. The rows and the columns
// lie on aligned ranges of the field, so that an additive FFT computes the sum for the rows of one
// power of two at once; m is split into its binary digits, and what is left below eight rows, like
// every small shape, is a plain product. README.md has the mathematics.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/fec/fec_codec.h"
#include "core/fec/fec_kernels.h"
#include "core/fec/gf8.h"
#include "core/fec/strip_transform.h"

namespace pf::fec {

// k + m of a block at most: the points are bytes, and the protocols stop one short.
inline constexpr std::uint32_t kMaxGf8Shards = 255;

class Gf8Codec final : public FecCodec {
 public:
  explicit Gf8Codec(const FecKernels& kernels = best_gf8_kernels());

  // Shards may have any length.
  bool supports(const ShardBlock& block) const noexcept override;
  void encode(const ShardBlock& block) noexcept override;
  [[nodiscard]] bool recover(const ShardBlock& block,
                             std::span<const std::uint8_t> present) noexcept override;

 private:
  // The parity rows first … first + 2^layers - 1 of one binary digit of m.
  struct Digit {
    unsigned layers = 0;
    std::uint32_t first = 0;
    StripRows sum = {};  // of the scaled coefficients of all data, in one strip
  };
  struct Shape {
    std::uint32_t data_count = 0;
    std::uint32_t parity_count = 0;
    bool operator==(const Shape&) const = default;
  };

  void begin(const ShardBlock& block) noexcept;
  StripRows take_rows(std::uint32_t rows, std::size_t row_bytes) noexcept;
  void encode_strip(const StripShards& data, const StripShards& parity,
                    std::size_t row_bytes) noexcept;
  void add_chunk(const StripShards& data, std::uint32_t point, const StripRows& work) noexcept;
  void encode_product(const StripShards& data, const StripShards& parity) noexcept;

  bool choose_erasures(std::span<const std::uint8_t> present) noexcept;
  std::uint32_t erased_log(std::uint32_t point) const noexcept;
  void recover_product(const ShardBlock& block, std::span<const std::uint8_t> present) noexcept;
  void compute_inverse() noexcept;
  void recover_strips(const ShardBlock& block, std::span<const std::uint8_t> present) noexcept;

  const FecKernels& kernels_;
  StripTransform transform_;
  const std::size_t scratch_bytes_;
  std::unique_ptr<std::byte[], void (*)(void*)> scratch_;
  std::size_t scratch_taken_ = 0;

  Shape shape_;                    // of the block being worked on
  std::array<Digit, 5> digits_{};  // with eight rows and more, the largest first
  std::size_t digit_count_ = 0;
  std::uint32_t product_first_ = 0;  // parity from here on is a product

  std::vector<std::uint32_t> lost_;  // data shards, ascending
  std::vector<std::uint32_t> used_;  // parity shards instead, ascending, as many
  std::vector<const std::byte*> sources_;
  std::vector<std::byte*> targets_;
  std::vector<std::uint16_t> factors_;           // for recovery
  std::vector<std::uint16_t> inverse_factors_;   // of syndromes to lost shards
  std::vector<std::uint16_t> encoding_factors_;  // of the shape below
  Shape encoding_shape_;
};

}  // namespace pf::fec
