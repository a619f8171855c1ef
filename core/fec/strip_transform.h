// The additive FFT over the rows of one strip, out of the passes of a kernel.
//
// A strip is a column of all shards, narrow enough that its rows stay near the core while all
// layers of a transform go over them. The first pass of an inverse transform reads the shards where
// they lie and the last pass of a forward one writes them there. What does not exist is a row of
// zeros that is never loaded from memory twice; what nobody wants is not computed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/fec/fec_kernels.h"

namespace pf::fec {

// Rows of a strip in scratch memory. Sixteen of them lie end to end, then there is a gap: rows a
// power of two apart would all fall into the same few sets of the first-level cache.
struct StripRows {
  static constexpr std::uint32_t kRowsBetweenGaps = 16;
  static constexpr std::size_t kGapBytes = kFecBlockBytes;

  std::byte* base = nullptr;
  std::size_t row_bytes = 0;

  std::byte* row(std::uint32_t index) const noexcept {
    return base + index * row_bytes + index / kRowsBetweenGaps * kGapBytes;
  }
  // What `count` rows cover, a power of two of them, from a multiple of it on.
  std::size_t span_bytes(std::uint32_t count) const noexcept {
    return count * row_bytes + (count - 1) / kRowsBetweenGaps * kGapBytes;
  }
  static std::size_t bytes_for(std::uint32_t rows, std::size_t row_bytes) noexcept {
    return rows * row_bytes + (rows + kRowsBetweenGaps - 1) / kRowsBetweenGaps * kGapBytes;
  }
};

// A row as wide as keeps all rows of a transform near the core.
std::size_t best_row_bytes(std::uint32_t rows) noexcept;
inline constexpr std::size_t kMaxRowBytes = 1408;  // the default shard

// Shards as the source or target of rows, from their first byte within the strip.
struct StripShards {
  std::byte* base = nullptr;
  std::size_t stride = 0;
  std::uint32_t count = 0;
  std::size_t bytes = 0;                  // of each, within the strip
  const std::uint8_t* present = nullptr;  // null: all; absent ones count as zero
  std::byte* last = nullptr;              // where the last one lies; null: behind the others

  std::byte* shard(std::uint32_t index) const noexcept {
    return last != nullptr && index + 1 == count ? last : base + index * stride;
  }
};

class StripTransform {
 public:
  // For rows of at most kMaxRowBytes. The kernels are borrowed.
  explicit StripTransform(const FecKernels& kernels);

  // What the last pass of an inverse transform does with its rows.
  struct Target {
    StripRows rows;
    PassStore store = PassStore::replace;
    std::uint8_t scale = 1;
  };

  // From values at point … to coefficients of 2^layers rows, into or onto the target. `work` is as
  // large and may be the target's where they are replaced. The values are the shards first,
  // first + 1, …; of those below 0 or past the end there are none, they count as zero.
  void inverse_of_shards(const StripShards& shards, std::int32_t first, unsigned layers,
                         std::uint32_t point, const StripRows& work, const Target& target) noexcept;

  // Goes on from coefficients of 2^from_layer rows each to those of 2^layers rows. From `used` on,
  // a power of two, the rows count as zero and may hold anything.
  void inverse_from(unsigned from_layer, const StripRows& rows, std::uint32_t used, unsigned layers,
                    std::uint32_t point, const Target& target) noexcept;

  // The same from rows, in place; only the first `used` hold values, the others count as zero and
  // may hold anything.
  void inverse(const StripRows& rows, std::uint32_t used, unsigned layers,
               std::uint32_t point) noexcept;

  // From coefficients to values at point …. Rows that are not in `wanted` (ascending) hold anything
  // afterwards. `target` may be `source`.
  void forward(const StripRows& source, unsigned layers, std::uint32_t point,
               const StripRows& target, std::span<const std::uint32_t> wanted) noexcept;

  // The same into the shards first, first + 1, …, of which there are at most 2^layers left. `work`
  // may be `source`.
  void forward_to_shards(const StripRows& source, unsigned layers, std::uint32_t point,
                         const StripRows& work, const StripShards& shards,
                         std::uint32_t first) noexcept;

 private:
  // How many layers each pass takes, from the lowest.
  struct Plan {
    unsigned passes = 0;
    unsigned layers[16] = {};
  };
  Plan plan_for(unsigned layers, std::uint32_t point) const noexcept;

  TransformPass pass_over(const StripRows& source, const StripRows& target, std::uint32_t first_row,
                          unsigned layers, unsigned first_layer, std::uint32_t point) noexcept;

  const FecKernels& kernels_;
  std::vector<std::byte> zeros_;
  std::vector<std::byte> unwanted_;  // where rows go that nobody wants
  const std::byte* sources_[kMaxPassRows] = {};
  std::byte* targets_[kMaxPassRows] = {};
};

// How shards are cut into strips, as evenly as whole blocks allow.
class StripCut {
 public:
  StripCut(std::size_t shard_bytes, std::size_t max_row_bytes) noexcept
      : shard_bytes_(shard_bytes),
        blocks_((shard_bytes + kFecBlockBytes - 1) / kFecBlockBytes),
        count_((blocks_ + max_row_bytes / kFecBlockBytes - 1) / (max_row_bytes / kFecBlockBytes)) {}

  std::size_t count() const noexcept { return count_; }
  std::size_t offset(std::size_t strip) const noexcept {
    return blocks_ * strip / count_ * kFecBlockBytes;
  }
  std::size_t row_bytes(std::size_t strip) const noexcept {
    return (blocks_ * (strip + 1) / count_ - blocks_ * strip / count_) * kFecBlockBytes;
  }
  std::size_t bytes(std::size_t strip) const noexcept {  // of a shard within the strip
    return strip + 1 == count_ ? shard_bytes_ - offset(strip) : row_bytes(strip);
  }

 private:
  std::size_t shard_bytes_;
  std::size_t blocks_;
  std::size_t count_;
};

}  // namespace pf::fec
