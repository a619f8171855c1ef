// For the fuzz targets of the codecs: shapes and presence maps that lie.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/fec/fec_codec.h"
#include "core/fec/test_block.h"

namespace pf::fec {

inline constexpr std::uint32_t kMaxFuzzedShardBytes = 600;
// Of a block with more than a hundred shards, so that a run takes a millisecond.
inline constexpr std::uint32_t kFuzzedBlockBytes = 60'000;
inline constexpr std::uint16_t kAsManyAsShards = 65535;

// Reads k (2), m (2), shard bytes (2), entries of the presence map (2; 65535: k + m), then the map,
// repeated as often as needed: bit 0 of an entry says whether the shard is there, bit 1 of a data
// shard's whether its group is absorbed by then. `fits` says for k and m whether the codec's limits
// hold them. Memory is exactly as large as the shape says.
template <class Fits>
void fuzz_codec(FecCodec& codec, Bytes input, Fits fits_limits) {
  ByteReader in(input);
  const auto k = in.little<std::uint16_t>(), m = in.little<std::uint16_t>();
  const std::uint32_t shards = std::uint32_t{k} + m;
  const std::uint32_t shard_bytes =
      in.little<std::uint16_t>() %
      std::min(kMaxFuzzedShardBytes, 2 + kFuzzedBlockBytes / std::max(shards, 1u));
  const auto wanted_entries = in.little<std::uint16_t>();
  const std::size_t entries = wanted_entries == kAsManyAsShards ? shards : wanted_entries % 600;
  const Bytes map = in.rest();
  if (map.empty()) return;
  const auto entry = [&](std::size_t i) { return std::to_integer<unsigned>(map[i % map.size()]); };
  std::vector<std::uint8_t> present(entries);
  for (std::size_t i = 0; i < entries; ++i) present[i] = entry(i) & 1;

  // Shapes beyond the limits are refused before any memory is looked at.
  const bool fits = fits_limits(k, m);
  std::vector<std::byte> memory(fits ? (std::size_t{k} + m) * shard_bytes : 0);
  SeededRng(1).fill(memory);
  const ShardBlock block{.data = memory.data(),
                         .parity = fits ? memory.data() + std::size_t{k} * shard_bytes : nullptr,
                         .stride = shard_bytes,
                         .shard_bytes = shard_bytes,
                         .data_count = k,
                         .parity_count = m};
  PF_CHECK(fits || !codec.supports(block));
  const auto absorption = codec.absorption(block);
  if (!codec.supports(block)) {
    PF_CHECK(!codec.recover(block, present) && !absorption);
    return;
  }
  codec.encode(block);
  const std::vector<std::byte> before = memory;
  for (std::size_t i = 0; i < std::min<std::size_t>(present.size(), shards); ++i) {
    if (present[i] == 0)
      std::fill_n(memory.begin() + static_cast<std::ptrdiff_t>(i * shard_bytes), shard_bytes,
                  std::byte{0x55});
  }
  const std::vector<std::byte> damaged = memory;
  const bool enough = present.size() == shards &&
                      std::count(present.begin(), present.end(), 1) >= std::ptrdiff_t{k};
  const auto check = [&](bool recovered) {
    PF_CHECK(recovered == enough);
    const auto data_end = static_cast<std::ptrdiff_t>(std::size_t{k} * shard_bytes);
    const auto& expected = enough ? before : damaged;
    PF_CHECK(std::equal(memory.begin(), memory.begin() + data_end, expected.begin()));
  };
  check(codec.recover(block, present));
  if (!absorption || present.size() != shards) return;

  memory = damaged;
  const AlignedBytes sums(absorption->bytes);
  codec.begin_absorbing(block, sums.begin());
  std::vector<std::uint8_t> so_far(shards, 0);
  for (std::uint32_t i = 0; i < k; ++i) {
    so_far[i] = present[i];
    if ((entry(i) & 2) != 0)
      codec.absorb(block, so_far, i / absorption->group_shards, sums.begin());
  }
  check(codec.recover_absorbed(block, present, sums.begin()));
}

}  // namespace pf::fec
