#include "core/audio/pcm.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "core/base/hex.h"

namespace pf::audio {
namespace {

TEST(Pcm, WritesFullScaleSymmetrically) {
  const std::array samples{1.0f,
                           -1.0f,
                           0.0f,
                           2.0f,
                           std::numeric_limits<float>::quiet_NaN(),
                           -std::numeric_limits<float>::infinity()};
  std::array<std::byte, 18> room;
  EXPECT_EQ(to_hex(write_pcm(samples, 16, room)), "ff7f01800000ff7f00000180");
  EXPECT_EQ(to_hex(write_pcm(samples, 24, room)), "ffff7f010080000000ffff7f000000010080");
  EXPECT_TRUE(write_pcm(samples, 24, std::span(room).first(17)).empty());
}

RC_GTEST_PROP(Pcm, ComesBackWithinHalfAStep, (std::vector<std::uint16_t> values, bool fine)) {
  const std::uint8_t bits = fine ? 24 : 16;
  std::vector<float> samples;
  for (const auto value : values) samples.push_back(static_cast<float>(value) / 32'767.5f - 1.0f);
  std::vector<std::byte> room(samples.size() * 3);
  const Bytes written = write_pcm(samples, bits, room);
  std::vector<float> back(samples.size());
  RC_ASSERT(read_pcm(written, bits, back) == samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i)
    RC_ASSERT(std::abs(back[i] - samples[i]) <= (fine ? 1.2e-7f : 1.6e-5f));
}

TEST(Pcm, ReadsNoMoreThanThereIsAndFits) {
  const std::array<std::byte, 7> bytes{};
  std::array<float, 2> samples{9, 9};
  EXPECT_EQ(read_pcm(bytes, 24, samples), 2u);
  EXPECT_EQ(read_pcm(bytes, 16, samples), 2u);
  EXPECT_EQ(read_pcm(Bytes(bytes).first(1), 16, samples), 0u);
}

}  // namespace
}  // namespace pf::audio
