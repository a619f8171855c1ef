#include "core/fec/gf16_codec.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/base/rng.h"
#include "core/crypto/sha256.h"
#include "core/fec/codec_testing.h"
#include "testing/vectors.h"

namespace pf::fec {
namespace {

// Independent of every transform: the generator matrix in closed form, applied row by column.
std::vector<std::byte> gf16_oracle(const ShardBlock& block, std::uint32_t j) {
  const Gf16Layout layout = gf16_layout(block.data_count, block.parity_count);
  const std::uint32_t size = layout.size();
  std::vector<std::byte> parity(block.shard_bytes);
  for (std::uint32_t i = 0; i < block.data_count; ++i) {
    const std::uint32_t data_point = layout.high_rate ? size + i : i;
    const std::uint32_t parity_point = layout.high_rate ? j : size + j;
    const std::uint32_t far = layout.high_rate ? data_point : parity_point;
    const Gf16 factor = multiply(static_cast<Gf16>(far >> layout.log2_size),
                                 inverse(static_cast<Gf16>(data_point ^ parity_point)));
    const std::byte* shard = block.data_shard(i);
    for (std::size_t at = 0; at < block.shard_bytes; at += 64) {
      const std::size_t half = std::min<std::size_t>(64, block.shard_bytes - at) / 2;
      for (std::size_t e = at; e < at + half; ++e) {
        const Gf16 product =
            multiply(factor, static_cast<Gf16>(std::to_integer<Gf16>(shard[e]) |
                                               std::to_integer<Gf16>(shard[e + half]) << 8));
        parity[e] ^= static_cast<std::byte>(product & 0xFF);
        parity[e + half] ^= static_cast<std::byte>(product >> 8);
      }
    }
  }
  return parity;
}

class Gf16CodecWith : public ::testing::TestWithParam<const FecKernels*> {};

TEST_P(Gf16CodecWith, GivesTheBytesOfTheKnownAnswers) {
  const auto vectors = testing::load_vectors("gf16.json");
  for (const auto& vector : vectors.at("cases")) {
    const std::uint32_t k = vector.at("k"), m = vector.at("m"),
                        shard_bytes = vector.at("shard_bytes");
    SCOPED_TRACE(::testing::Message() << "k " << k << " m " << m << " shard_bytes " << shard_bytes);
    TestBlock test(k, m, shard_bytes, 0);
    fill_as_the_vectors(test);
    Gf16Codec codec({k, m}, *GetParam());
    codec.encode(test.block);
    const Bytes parity(test.block.parity, std::size_t{m} * shard_bytes);
    ASSERT_EQ(to_hex(crypto::sha256(parity)),
              vector.at("recovery_concat_sha256").get<std::string>());

    // The worst case they were made with: the first min(k, m) lost, the last min(k, m) of the
    // parity kept.
    const std::uint32_t lost = std::min(k, m);
    std::vector<std::uint8_t> present(k + m, 1);
    std::fill_n(present.begin(), lost, 0);
    std::fill_n(present.begin() + k, m - lost, 0);
    std::fill_n(test.block.data, std::size_t{lost} * shard_bytes, std::byte{0x55});
    ASSERT_TRUE(codec.recover(test.block, present));
    const Bytes data(test.block.data, std::size_t{k} * shard_bytes);
    ASSERT_EQ(to_hex(crypto::sha256(data)), vector.at("input_sha256").get<std::string>());
  }
}

TEST_P(Gf16CodecWith, AgreesWithTheClosedFormOfTheGenerator) {
  SeededRng rng(1);
  constexpr std::array<std::array<std::uint32_t, 3>, 9> kShapes{{{1, 1, 2},
                                                                 {5, 3, 130},
                                                                 {16, 4, 1388},
                                                                 {50, 10, 62},
                                                                 {10, 50, 66},
                                                                 {40, 60, 64},
                                                                 {260, 3, 64},
                                                                 {3, 300, 64},
                                                                 {700, 260, 66}}};
  for (const auto& [k, m, shard_bytes] : kShapes) {
    TestBlock test(k, m, shard_bytes);
    test.fill(rng);
    Gf16Codec codec({k, m}, *GetParam());
    codec.encode(test.block);
    for (std::uint32_t j = 0; j < m; j += 1 + m / 16)
      EXPECT_EQ(test.parity(j), gf16_oracle(test.block, j)) << k << "+" << m;
  }
}

TEST_P(Gf16CodecWith, RecoversAnyLossUpToTheParityAndTouchesNothingElse) {
  rc::check([kernels = GetParam()] {
    const auto k = *rc::gen::inRange<std::uint32_t>(1, 120);
    const auto m = *rc::gen::inRange<std::uint32_t>(1, 120);
    const auto shard_bytes = 2 * *rc::gen::inRange<std::uint32_t>(1, 400);
    const auto lost = *rc::gen::inRange<std::uint32_t>(0, m + 1);
    SeededRng rng(*rc::gen::arbitrary<std::uint64_t>());
    Gf16Codec codec({130, 130}, *kernels);
    expect_recovers(codec, k, m, shard_bytes, lost, rng);
  });
}

// Shards come in any order, some twice, some never; groups are absorbed at any time, or not at all.
TEST_P(Gf16CodecWith, RecoversTheSameInStepsInAnyOrder) {
  rc::check([kernels = GetParam()] {
    const auto k = *rc::gen::inRange<std::uint32_t>(128, 420);
    const auto m = *rc::gen::inRange<std::uint32_t>(2, std::min(k, 300u));
    const auto shard_bytes = 2 * *rc::gen::inRange<std::uint32_t>(1, 70);
    const auto lost = *rc::gen::inRange<std::uint32_t>(0, m + 1);
    SeededRng rng(*rc::gen::arbitrary<std::uint64_t>());
    TestBlock test(k, m, shard_bytes);
    test.fill(rng);
    Gf16Codec codec({420, 300}, *kernels);
    codec.encode(test.block);
    const std::vector<std::byte> sent = test.memory;

    std::vector<std::uint8_t> arriving(k + m, 1), present(k + m, 0);
    for (std::uint32_t i = 0; i < lost; ++i) test.lose(rng.below(k + m), arriving);
    const auto absorption = codec.absorption(test.block);
    RC_ASSERT(absorption.has_value());
    AlignedBytes memory(absorption->bytes);
    codec.begin_absorbing(test.block, memory.begin());
    const std::uint32_t groups = (k + absorption->group_shards - 1) / absorption->group_shards;
    std::vector<std::uint32_t> order(k + m);
    std::iota(order.begin(), order.end(), 0u);
    const std::uint32_t swaps = rng.below(2) == 0 ? k / 8 : 4 * k;
    for (std::uint32_t i = 0; i < swaps; ++i)
      std::swap(order[rng.below(k + m)], order[rng.below(k + m)]);
    for (const std::uint32_t index : order) {
      if (arriving[index] == 0) continue;
      present[index] = 1;
      if (rng.below(20) == 0)
        codec.absorb(test.block, present, static_cast<std::uint32_t>(rng.below(groups)),
                     memory.begin());
    }
    RC_ASSERT(codec.recover_absorbed(test.block, present, memory.begin()));
    const std::size_t parity_at = k * test.block.stride;
    RC_ASSERT(std::equal(sent.begin(), sent.begin() + static_cast<std::ptrdiff_t>(parity_at),
                         test.memory.begin()));
  });
}

INSTANTIATE_TEST_SUITE_P(EveryKernel, Gf16CodecWith,
                         ::testing::ValuesIn(those_that_run_here(all_gf16_kernels())),
                         [](const auto& kernels) { return std::string(kernels.param->name); });

TEST(Gf16Codec, EncodesAlikeWhereverTheLastDataShardLies) {
  SeededRng rng(8);
  Gf16Codec codec({1000, 400});
  const std::pair<std::uint32_t, std::uint32_t> shapes[] = {{1, 3},  {20, 1},    {20, 3}, {200, 40},
                                                            {65, 1}, {700, 140}, {60, 70}};
  for (const auto& [k, m] : shapes) {
    TestBlock whole(k, m, 1408);
    whole.fill(rng);
    TestBlock apart = whole;
    apart.block.data = apart.memory.data();
    apart.block.parity = apart.memory.data() + k * apart.block.stride;
    std::vector<std::byte> last(apart.block.data_shard(k - 1),
                                apart.block.data_shard(k - 1) + 1408);
    std::fill_n(apart.block.data_shard(k - 1), 1408, std::byte{0x55});
    apart.block.last_data = last.data();
    codec.encode(whole.block);
    codec.encode(apart.block);
    for (std::uint32_t j = 0; j < m; ++j) ASSERT_EQ(apart.parity(j), whole.parity(j));
  }
}

TEST(Gf16Codec, SaysNoWhenTooFewShardsArePresent) {
  Gf16Codec codec({10, 3});
  expect_refuses_too_few(codec);
}

TEST(Gf16Codec, SaysNoInStepsToo) {
  SeededRng rng(3);
  TestBlock test(200, 4, 64);
  test.fill(rng);
  Gf16Codec codec({200, 4});
  codec.encode(test.block);
  std::vector<std::uint8_t> present(204, 1);
  for (const std::size_t lost : {0, 70, 71, 150, 199}) test.lose(lost, present);
  const std::vector<std::byte> before = test.memory;
  AlignedBytes memory(codec.absorption(test.block)->bytes);
  for (const std::uint32_t absorbed : {0u, 2u}) {
    codec.begin_absorbing(test.block, memory.begin());
    for (std::uint32_t group = 0; group < absorbed; ++group)
      codec.absorb(test.block, present, group, memory.begin());
    EXPECT_FALSE(codec.recover_absorbed(test.block, present, memory.begin()));
    EXPECT_FALSE(codec.recover_absorbed(test.block, std::span(present).first(203), memory.begin()));
    EXPECT_EQ(test.memory, before);
  }
}

TEST(Gf16Codec, RecoversInStepsOnlyWhereItPays) {
  Gf16Codec codec({4096, 4096});
  const auto absorption = [&](std::uint32_t k, std::uint32_t m, std::uint32_t shard_bytes) {
    TestBlock test(k, m, shard_bytes);
    return codec.absorption(test.block);
  };
  EXPECT_FALSE(absorption(50, 10, 64));    // small
  EXPECT_FALSE(absorption(500, 1, 64));    // a plain sum
  EXPECT_FALSE(absorption(200, 300, 64));  // low rate
  EXPECT_FALSE(absorption(200, 40, 63));   // no such shape
  EXPECT_EQ(absorption(200, 10, 64)->group_shards, 64u);
  EXPECT_EQ(absorption(1000, 200, 64)->group_shards, 256u);
  // As much as the transform has rows, whatever the size of the shards.
  EXPECT_LE(absorption(1000, 200, 1408)->bytes, 256u * (1408 + 64) + 1088);
}

TEST(Gf16Codec, RefusesShapesThatLie) {
  Gf16Codec codec({10, 3});
  expect_refuses_lies(codec);
  EXPECT_FALSE(takes(codec, [](ShardBlock& block) { block.data_count = 11; }));
  EXPECT_FALSE(takes(codec, [](ShardBlock& block) { block.parity_count = 4; }));
  EXPECT_FALSE(takes(codec, [](ShardBlock& block) { block.shard_bytes = 63; }));
}

}  // namespace
}  // namespace pf::fec
