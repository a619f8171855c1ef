// What holds for both codecs: properties and refusals, for their tests.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/base/rng.h"
#include "core/fec/fec_codec.h"
#include "core/fec/test_block.h"

namespace pf::fec {

// The data that the known answers were made with.
inline void fill_as_the_vectors(TestBlock& test) {
  for (std::uint64_t i = 0; i < test.block.data_count; ++i) {
    for (std::uint64_t j = 0; j < test.block.shard_bytes; ++j)
      test.block.data_shard(i)[j] = static_cast<std::byte>((i * 31 + j * 7 + i * j % 251) % 256);
  }
}

// To be called within rc::check. Any `lost` shards of a block of this shape come back, and nothing
// but them is written.
inline void expect_recovers(FecCodec& codec, std::uint32_t k, std::uint32_t m,
                            std::uint32_t shard_bytes, std::uint32_t lost, Rng& rng) {
  TestBlock test(k, m, shard_bytes);
  test.fill(rng);
  codec.encode(test.block);
  const std::vector<std::byte> sent = test.memory;
  std::vector<std::uint8_t> present(k + m, 1);
  for (std::uint32_t i = 0; i < lost; ++i) test.lose(rng.below(k + m), present);
  const std::vector<std::byte> received = test.memory;
  RC_ASSERT(codec.recover(test.block, present));
  const auto parity_at = static_cast<std::ptrdiff_t>(k * test.block.stride);
  RC_ASSERT(std::equal(sent.begin(), sent.begin() + parity_at, test.memory.begin()));
  RC_ASSERT(
      std::equal(received.begin() + parity_at, received.end(), test.memory.begin() + parity_at));
}

// For 10 + 3 shards of 64 bytes, which the codec has to support.
inline void expect_refuses_too_few(FecCodec& codec) {
  SeededRng rng(2);
  TestBlock test(10, 3, 64);
  test.fill(rng);
  codec.encode(test.block);
  const std::vector<std::byte> before = test.memory;
  std::vector<std::uint8_t> present(13, 1);
  present[0] = present[1] = present[2] = present[11] = 0;
  EXPECT_FALSE(codec.recover(test.block, present));
  present[11] = 1;
  EXPECT_FALSE(codec.recover(test.block, std::span(present).first(12)));
  present[3] = 0;
  EXPECT_FALSE(codec.recover(test.block, present));
  EXPECT_EQ(test.memory, before);
}

// Whether the codec takes 10 + 3 shards of 64 bytes after `change`.
template <class Change>
bool takes(FecCodec& codec, Change change) {
  TestBlock test(10, 3, 64);
  ShardBlock block = test.block;
  change(block);
  const std::vector<std::uint8_t> present(13, 1);
  return codec.supports(block) || codec.recover(block, present);
}

// Shapes that lie, whatever the field.
inline void expect_refuses_lies(FecCodec& codec) {
  EXPECT_TRUE(takes(codec, [](ShardBlock&) {}));
  EXPECT_FALSE(takes(codec, [](ShardBlock& block) { block.data_count = 0; }));
  EXPECT_FALSE(takes(codec, [](ShardBlock& block) { block.data_count = 65535; }));
  EXPECT_FALSE(takes(codec, [](ShardBlock& block) { block.parity_count = 0; }));
  EXPECT_FALSE(takes(codec, [](ShardBlock& block) { block.shard_bytes = 0; }));
  EXPECT_FALSE(takes(codec, [](ShardBlock& block) { block.stride = 62; }));
}

}  // namespace pf::fec
