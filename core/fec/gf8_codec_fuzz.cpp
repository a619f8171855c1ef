// Shapes and presence maps that lie. Bytes: k (2), m (2), shard bytes (2), entries of the presence
// map (2), then the map, repeated as often as needed. Memory is exactly as large as the shape says.
#include <algorithm>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/fec/gf8_codec.h"

using namespace pf;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fec::Gf8Codec codec;
  ByteReader in({reinterpret_cast<const std::byte*>(data), size});
  const auto k = in.little<std::uint16_t>(), m = in.little<std::uint16_t>();
  const std::uint32_t shard_bytes = in.little<std::uint16_t>() % 600;
  const std::size_t entries = in.little<std::uint16_t>() % 600;
  const Bytes map = in.rest();
  if (map.empty()) return 0;
  std::vector<std::uint8_t> present(entries);
  for (std::size_t i = 0; i < entries; ++i)
    present[i] = std::to_integer<std::uint8_t>(map[i % map.size()]) & 1;

  // Shapes beyond the limits are refused before any memory is looked at.
  const bool fits = std::uint32_t{k} + m <= fec::kMaxGf8Shards;
  std::vector<std::byte> memory(fits ? (std::size_t{k} + m) * shard_bytes : 0);
  SeededRng(1).fill(memory);
  const fec::ShardBlock block{
      .data = memory.data(),
      .parity = fits ? memory.data() + std::size_t{k} * shard_bytes : nullptr,
      .stride = shard_bytes,
      .shard_bytes = shard_bytes,
      .data_count = k,
      .parity_count = m};
  PF_CHECK(fits || !codec.supports(block));
  if (!codec.supports(block)) {
    PF_CHECK(!codec.recover(block, present));
    return 0;
  }
  codec.encode(block);
  const std::vector<std::byte> before = memory;
  for (std::size_t i = 0; i < std::min(present.size(), std::size_t{k} + m); ++i) {
    if (present[i] == 0)
      std::fill_n(memory.begin() + static_cast<std::ptrdiff_t>(i * shard_bytes), shard_bytes,
                  std::byte{0x55});
  }
  const bool enough = present.size() == std::size_t{k} + m &&
                      std::count(present.begin(), present.end(), 1) >= std::ptrdiff_t{k};
  PF_CHECK(codec.recover(block, present) == enough);
  if (enough)
    PF_CHECK(std::equal(memory.begin(),
                        memory.begin() + static_cast<std::ptrdiff_t>(std::size_t{k} * shard_bytes),
                        before.begin()));
  return 0;
}
