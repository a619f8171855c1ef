#include "core/fec/audio_codec.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/fec/test_block.h"
#include "testing/vectors.h"

namespace pf::fec {
namespace {

TestBlock vector_block(const nlohmann::json& vector) {
  TestBlock test(4, 2, static_cast<std::uint32_t>(testing::unhex(vector.at("data").at(0)).size()));
  for (std::uint32_t i = 0; i < 4; ++i) {
    const auto data = testing::unhex(vector.at("data").at(i));
    std::copy(data.begin(), data.end(), test.block.data_shard(i));
  }
  return test;
}

TEST(AudioCodec, GivesTheBytesOfMoonlight) {
  const auto vectors = testing::load_vectors("gamestream.json");
  const auto& vector = vectors.at("audio_rs");
  TestBlock test = vector_block(vector);
  AudioCodec().encode(test.block);
  EXPECT_EQ(test.parity(0), testing::unhex(vector.at("parity").at(0)));
  EXPECT_EQ(test.parity(1), testing::unhex(vector.at("parity").at(1)));
}

TEST(AudioCodec, RecoversEveryLossOfTwoAndRefusesThree) {
  SeededRng rng(3);
  TestBlock original(4, 2, 203);
  original.fill(rng);
  AudioCodec codec;
  codec.encode(original.block);
  for (std::uint32_t lost = 0; lost < 64; ++lost) {
    TestBlock test(4, 2, 203);
    std::copy(original.memory.begin(), original.memory.end(), test.memory.begin());
    std::vector<std::uint8_t> present(6, 1);
    for (std::uint32_t i = 0; i < 6; ++i) {
      if (lost >> i & 1) test.lose(i, present);
    }
    const auto missing = std::count(present.begin(), present.end(), 0);
    const auto missing_data = std::count(present.begin(), present.begin() + 4, 0);
    ASSERT_EQ(codec.recover(test.block, present), missing <= 2 || missing_data == 0) << lost;
    if (missing > 2) continue;
    EXPECT_TRUE(std::equal(test.block.data, test.block.parity, original.block.data)) << lost;
  }
}

TEST(AudioCodec, RefusesOtherShapes) {
  TestBlock test(4, 2, 8);
  const AudioCodec codec;
  EXPECT_TRUE(codec.supports(test.block));
  ++test.block.parity_count;
  EXPECT_FALSE(codec.supports(test.block));
}

}  // namespace
}  // namespace pf::fec
