#include "core/fec/gf8_codec.h"

#include <algorithm>
#include <array>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/base/rng.h"
#include "core/fec/codec_testing.h"
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

class Gf8CodecWith : public ::testing::TestWithParam<const FecKernels*> {
 protected:
  // The parity that the vector names, for its data where it names that too.
  static void expect_parity_of(const nlohmann::json& vector, TestBlock& test) {
    for (std::uint32_t i = 0; vector.contains("data") && i < test.block.data_count; ++i) {
      const auto data = testing::unhex(vector.at("data").at(i));
      std::copy(data.begin(), data.end(), test.block.data_shard(i));
    }
    Gf8Codec codec(*GetParam());
    codec.encode(test.block);
    for (std::uint32_t j = 0; j < test.block.parity_count; ++j)
      ASSERT_EQ(test.parity(j), testing::unhex(vector.at("parity").at(j))) << j;
  }
};

TEST_P(Gf8CodecWith, GivesTheBytesOfTheKnownAnswers) {
  const auto vectors = testing::load_vectors("gf8.json");
  for (const auto& vector : vectors.at("cases")) {
    const std::uint32_t k = vector.at("k"), m = vector.at("m"),
                        shard_bytes = vector.at("shard_bytes");
    SCOPED_TRACE(::testing::Message() << "k " << k << " m " << m);
    TestBlock test(k, m, shard_bytes);
    fill_as_the_vectors(test);
    expect_parity_of(vector, test);
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
    expect_parity_of(vector, test);
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
    Gf8Codec codec(*kernels);
    expect_recovers(codec, k, m, shard_bytes, lost, rng);
  });
}

INSTANTIATE_TEST_SUITE_P(EveryKernel, Gf8CodecWith,
                         ::testing::ValuesIn(those_that_run_here(all_gf8_kernels())),
                         [](const auto& kernels) { return std::string(kernels.param->name); });

TEST(Gf8Codec, EncodesAlikeWhereverTheLastDataShardLies) {
  SeededRng rng(8);
  Gf8Codec codec;
  const std::pair<std::uint32_t, std::uint32_t> shapes[] = {{1, 3},    {20, 1}, {20, 3},
                                                            {200, 40}, {65, 1}, {60, 70}};
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

TEST(Gf8Codec, SaysNoWhenTooFewShardsArePresent) {
  Gf8Codec codec;
  expect_refuses_too_few(codec);
}

TEST(Gf8Codec, RefusesShapesThatLie) {
  Gf8Codec codec;
  expect_refuses_lies(codec);
  TestBlock largest(252, 3, 64);
  EXPECT_TRUE(codec.supports(largest.block));
  EXPECT_FALSE(takes(codec, [](ShardBlock& block) { block.data_count = 253; }));
}

}  // namespace
}  // namespace pf::fec
