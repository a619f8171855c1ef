#include "core/fec/audio_codec.h"

#include <array>

#include "core/base/check.h"
#include "core/fec/gf8.h"

namespace pf::fec {
namespace {

constexpr std::uint32_t kData = AudioCodec::kDataCount;
constexpr std::uint32_t kParity = AudioCodec::kParityCount;

constexpr Gf8 kMatrix[kParity][kData]{{0x77, 0x40, 0x38, 0x0E}, {0xC7, 0xA7, 0x0D, 0x6C}};

// The inverse of the 1 x 1 or 2 x 2 part of the matrix that joins the lost shards to the parity
// used. All such parts are invertible.
struct Inverse {
  Gf8 of[kParity][kParity];  // [lost][used]
};

Inverse invert(std::span<const std::uint32_t> lost, std::span<const std::uint32_t> used) noexcept {
  if (lost.size() == 1) return {{{inverse_gf8(kMatrix[used[0]][lost[0]])}}};
  const Gf8 a = kMatrix[0][lost[0]], b = kMatrix[0][lost[1]];
  const Gf8 c = kMatrix[1][lost[0]], d = kMatrix[1][lost[1]];
  const Gf8 scale = inverse_gf8(multiply_gf8(a, d) ^ multiply_gf8(b, c));
  return {{{multiply_gf8(d, scale), multiply_gf8(b, scale)},
           {multiply_gf8(c, scale), multiply_gf8(a, scale)}}};
}

}  // namespace

bool AudioCodec::supports(const ShardBlock& block) const noexcept {
  return block.data_count == kDataCount && block.parity_count == kParityCount &&
         block.shard_bytes > 0 && block.stride >= block.shard_bytes;
}

void AudioCodec::encode(const ShardBlock& block) noexcept {
  PF_DCHECK(supports(block));
  std::array<const std::byte*, kData> sources;
  std::array<std::uint16_t, kData * kParity> factors;
  for (std::uint32_t i = 0; i < kData; ++i) {
    sources[i] = block.data_shard(i);
    for (std::uint32_t j = 0; j < kParity; ++j) factors[i * kParity + j] = kMatrix[j][i];
  }
  std::array<std::byte*, kParity> targets{block.parity_shard(0), block.parity_shard(1)};
  kernels_.product({.sources = sources.data(),
                    .source_count = kData,
                    .subfield_count = kData,
                    .targets = targets.data(),
                    .target_count = kParity,
                    .factors = factors.data(),
                    .bytes = block.shard_bytes});
}

bool AudioCodec::recover(const ShardBlock& block, std::span<const std::uint8_t> present) noexcept {
  if (!supports(block) || present.size() != kData + kParity) return false;
  std::array<std::uint32_t, kData> lost;
  std::array<std::uint32_t, kParity> used;
  std::uint32_t lost_count = 0, used_count = 0;
  for (std::uint32_t i = 0; i < kData; ++i) {
    if (present[i] == 0) lost[lost_count++] = i;
  }
  for (std::uint32_t j = 0; j < kParity && used_count < lost_count; ++j) {
    if (present[kData + j] != 0) used[used_count++] = j;
  }
  if (used_count < lost_count) return false;
  if (lost_count == 0) return true;

  // lost = inverse * (parity + matrix * data that is there)
  const Inverse inverse = invert({lost.data(), lost_count}, {used.data(), used_count});
  std::array<const std::byte*, kData> sources;
  std::array<std::byte*, kParity> targets;
  std::array<std::uint16_t, kData * kParity> factors{};
  std::uint32_t source_count = 0;
  for (std::uint32_t n = 0; n < used_count; ++n) {
    for (std::uint32_t t = 0; t < lost_count; ++t)
      factors[source_count * lost_count + t] = inverse.of[t][n];
    sources[source_count++] = block.parity_shard(used[n]);
  }
  for (std::uint32_t i = 0; i < kData; ++i) {
    if (present[i] == 0) continue;
    for (std::uint32_t t = 0; t < lost_count; ++t) {
      Gf8 factor = 0;
      for (std::uint32_t n = 0; n < used_count; ++n)
        factor ^= multiply_gf8(inverse.of[t][n], kMatrix[used[n]][i]);
      factors[source_count * lost_count + t] = factor;
    }
    sources[source_count++] = block.data_shard(i);
  }
  for (std::uint32_t t = 0; t < lost_count; ++t) targets[t] = block.data_shard(lost[t]);
  kernels_.product({.sources = sources.data(),
                    .source_count = source_count,
                    .subfield_count = source_count,
                    .targets = targets.data(),
                    .target_count = lost_count,
                    .factors = factors.data(),
                    .bytes = block.shard_bytes});
  return true;
}

}  // namespace pf::fec
