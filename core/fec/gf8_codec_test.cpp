#include "core/fec/gf8_codec.h"

#include <algorithm>
#include <array>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/base/rng.h"
#include "core/fec/test_block.h"
#include "testing/vectors.h"

namespace pf::fec {
namespace {

// The definition, byte by byte.
std::vector<std::byte> oracle_parity(const ShardBlock& block, std::uint32_t j) {
  std::vector<std::byte> parity(block.shard_bytes);
  for (std::uint32_t i = 0; i < block.data_count; ++i) {
    const Gf8 factor = inverse_gf8(static_cast<Gf8>((block.parity_count + i) ^ j));
    for (std::size_t at = 0; at < block.shard_bytes; ++at) {
      parity[at] ^= static_cast<std::byte>(
          multiply_gf8(factor, std::to_integer<Gf8>(block.data_shard(i)[at])));
    }
  }
  return parity;
}

class Gf8CodecWith : public ::testing::TestWithParam<const FecKernels*> {};

TEST_P(Gf8CodecWith, GivesTheBytesOfTheKnownAnswers) {
  const auto vectors = testing::load_vectors("gf8.json");
  for (const auto& vector : vectors.at("cases")) {
    const std::uint32_t k = vector.at("k"), m = vector.at("m"),
                        shard_bytes = vector.at("shard_bytes");
    SCOPED_TRACE(::testing::Message() << "k " << k << " m " << m);
    TestBlock test(k, m, shard_bytes);
    for (std::uint64_t i = 0; i < k; ++i) {
      for (std::uint64_t j = 0; j < shard_bytes; ++j)
        test.block.data_shard(i)[j] = static_cast<std::byte>((i * 31 + j * 7 + i * j % 251) % 256);
      if (vector.contains("data")) {
        const auto data = testing::unhex(vector.at("data").at(i));
        std::copy(data.begin(), data.end(), test.block.data_shard(i));
      }
    }
    Gf8Codec codec(*GetParam());
    codec.encode(test.block);
    for (std::uint32_t j = 0; j < m; ++j)
      ASSERT_EQ(test.parity(j), testing::unhex(vector.at("parity").at(j))) << j;
  }
}

TEST_P(Gf8CodecWith, GivesTheBytesOfMoonlight) {
  const auto vectors = testing::load_vectors("gamestream.json");
  for (const auto& vector : vectors.at("video_rs").at("cases")) {
    const std::uint32_t k = vector.at("data_shards"), m = vector.at("parity_shards");
    if (!vector.contains("data") || !vector.contains("parity")) continue;
    SCOPED_TRACE(::testing::Message() << "k " << k << " m " << m);
    const auto bytes = static_cast<std::uint32_t>(testing::unhex(vector.at("data").at(0)).size());
    TestBlock test(k, m, bytes);
    for (std::uint32_t i = 0; i < k; ++i) {
      const auto data = testing::unhex(vector.at("data").at(i));
      std::copy(data.begin(), data.end(), test.block.data_shard(i));
    }
    Gf8Codec codec(*GetParam());
    codec.encode(test.block);
    for (std::uint32_t j = 0; j < m; ++j)
      ASSERT_EQ(test.parity(j), testing::unhex(vector.at("parity").at(j))) << j;
  }
}

TEST_P(Gf8CodecWith, AgreesWithTheDefinitionWhateverTheBinaryDigitsOfM) {
  SeededRng rng(1);
  for (std::uint32_t m = 1; m < 255; m += m < 66 ? 1 : 13) {
    const std::uint32_t k = std::min<std::uint32_t>(255 - m, 1 + rng.below(255 - m));
    TestBlock test(k, m, static_cast<std::uint32_t>(1 + rng.below(200)));
    test.fill(rng);
    Gf8Codec codec(*GetParam());
    codec.encode(test.block);
    for (std::uint32_t j = 0; j < m; j += 1 + m / 16)
      ASSERT_EQ(test.parity(j), oracle_parity(test.block, j)) << k << "+" << m << " row " << j;
    ASSERT_EQ(test.parity(m - 1), oracle_parity(test.block, m - 1)) << k << "+" << m;
  }
}

TEST_P(Gf8CodecWith, RecoversAnyLossUpToTheParityAndTouchesNothingElse) {
  rc::check([kernels = GetParam()] {
    const auto k = *rc::gen::inRange<std::uint32_t>(1, 200);
    const auto m = *rc::gen::inRange<std::uint32_t>(1, 256 - k);
    const auto shard_bytes = *rc::gen::inRange<std::uint32_t>(1, 700);
    const auto lost = *rc::gen::inRange<std::uint32_t>(0, m + 1);
    SeededRng rng(*rc::gen::arbitrary<std::uint64_t>());
    TestBlock test(k, m, shard_bytes);
    test.fill(rng);
    Gf8Codec codec(*kernels);
    codec.encode(test.block);
    const std::vector<std::byte> before = test.memory;
    std::vector<std::uint8_t> present(k + m, 1);
    for (std::uint32_t i = 0; i < lost; ++i) test.lose(rng.below(k + m), present);
    const std::vector<std::byte> received = test.memory;
    RC_ASSERT(codec.recover(test.block, present));
    const auto parity_at = static_cast<std::ptrdiff_t>(k * test.block.stride);
    RC_ASSERT(std::equal(before.begin(), before.begin() + parity_at, test.memory.begin()));
    RC_ASSERT(
        std::equal(received.begin() + parity_at, received.end(), test.memory.begin() + parity_at));
  });
}

INSTANTIATE_TEST_SUITE_P(EveryKernel, Gf8CodecWith,
                         ::testing::ValuesIn(those_that_run_here(all_gf8_kernels())),
                         [](const auto& kernels) { return std::string(kernels.param->name); });

TEST(Gf8Codec, SaysNoWhenTooFewShardsArePresent) {
  SeededRng rng(2);
  TestBlock test(10, 3, 65);
  test.fill(rng);
  Gf8Codec codec;
  codec.encode(test.block);
  const std::vector<std::byte> before = test.memory;
  std::vector<std::uint8_t> present(13, 1);
  present[0] = present[1] = present[2] = present[11] = 0;
  EXPECT_FALSE(codec.recover(test.block, present));
  present[11] = 1;
  present[3] = 0;
  EXPECT_FALSE(codec.recover(test.block, present));
  EXPECT_FALSE(codec.recover(test.block, std::span(present).first(12)));
  EXPECT_EQ(test.memory, before);
}

TEST(Gf8Codec, RefusesShapesThatLie) {
  const Gf8Codec codec;
  TestBlock test(10, 3, 64);
  const auto with = [&](auto change) {
    ShardBlock block = test.block;
    change(block);
    return codec.supports(block);
  };
  EXPECT_TRUE(with([](ShardBlock&) {}));
  EXPECT_TRUE(with([](ShardBlock& block) { block.data_count = 252; }));
  EXPECT_FALSE(with([](ShardBlock& block) { block.data_count = 253; }));
  EXPECT_FALSE(with([](ShardBlock& block) { block.data_count = 0; }));
  EXPECT_FALSE(with([](ShardBlock& block) { block.data_count = 65535; }));
  EXPECT_FALSE(with([](ShardBlock& block) { block.parity_count = 0; }));
  EXPECT_FALSE(with([](ShardBlock& block) { block.shard_bytes = 0; }));
  EXPECT_FALSE(with([](ShardBlock& block) { block.stride = 63; }));
}

}  // namespace
}  // namespace pf::fec
