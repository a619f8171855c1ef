#include "core/audio/tone_check.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/audio/tone_testing.h"
#include "core/base/rng.h"

namespace pf::audio {
namespace {

constexpr double kRate = 48'000;
constexpr std::size_t kSeconds = 4;

struct Tones {
  std::vector<double> frequencies;
  std::vector<float> samples;

  explicit Tones(std::vector<double> of) : frequencies(std::move(of)) {
    samples.resize(frequencies.size() * kSeconds * 48'000);
    for (std::size_t i = 0; i < frequencies.size(); ++i) {
      testing::add_tone(samples, frequencies.size(), i,
                        {.frequency_hz = frequencies[i], .amplitude = 0.25});
    }
  }
  void silence(std::size_t channel, std::size_t from, std::size_t count) {
    for (std::size_t i = from; i < from + count; ++i) samples[i * frequencies.size() + channel] = 0;
  }
  ToneReport heard() const { return heard(frequencies); }
  ToneReport heard(const std::vector<double>& expected) const {
    ToneCheck check(kRate, expected);
    // As a device asks for it.
    const std::size_t block = 256 * frequencies.size();
    for (std::size_t at = 0; at < samples.size(); at += block)
      check.add(std::span(samples).subspan(at, std::min(block, samples.size() - at)));
    return check.report();
  }
};

const std::vector<double> kStereo_hz{440, 550};
const std::vector<double> kSurround_hz{440, 550, 660, 770, 880, 990, 1100, 1210};

TEST(ToneCheck, AWholeToneIsWhole) {
  const ToneReport report = Tones(kSurround_hz).heard();
  EXPECT_TRUE(report.whole());
  for (const ToneOnChannel& channel : report.channels) {
    EXPECT_EQ(channel.heard_hz, channel.expected_hz);
    EXPECT_GT(channel.power_ratio, 1e6);
    EXPECT_NEAR(channel.rms, 0.25 / std::sqrt(2.0), 0.001);
    EXPECT_EQ(channel.silent_share, 0);
    EXPECT_EQ(channel.gaps, 0u);
    EXPECT_EQ(channel.clicks, 0u);
  }
  EXPECT_NEAR(std::chrono::duration<double>(report.heard).count(), kSeconds, 0.01);
}

TEST(ToneCheck, OneToneOnAllChannelsIsWholeWhenThatIsExpected) {
  EXPECT_TRUE(Tones({440, 440}).heard().whole());
}

TEST(ToneCheck, FindsAPlantedGapOnItsChannel) {
  Tones tones(kStereo_hz);
  tones.silence(1, 60'000, 480);
  tones.silence(1, 90'000, 96);
  const ToneReport report = tones.heard();
  EXPECT_FALSE(report.whole());
  EXPECT_EQ(report.channels[0].gaps, 0u);
  EXPECT_EQ(report.channels[1].gaps, 2u);
  EXPECT_NEAR(static_cast<double>(report.channels[1].longest_gap.count()), 10e6, 0.1e6);
  EXPECT_NEAR(report.channels[1].silent_share, 576.0 / (kSeconds * 48'000), 1e-5);
}

TEST(ToneCheck, FindsPlantedClicks) {
  Tones tones(kStereo_hz);
  for (std::size_t i = 70'000; i < kSeconds * 48'000; ++i) tones.samples[i * 2] *= -1;  // a step
  // What a queue does that runs over: 100 samples are missing.
  auto& samples = tones.samples;
  samples.erase(samples.begin() + 240'000, samples.begin() + 240'200);
  const ToneReport report = tones.heard();
  EXPECT_EQ(report.channels[0].clicks, 2u);
  EXPECT_EQ(report.channels[1].clicks, 1u);
  EXPECT_EQ(report.channels[0].gaps, 0u);
  EXPECT_FALSE(report.whole());
}

TEST(ToneCheck, FindsChannelsThatChangedPlaces) {
  std::vector<double> swapped = kSurround_hz;
  std::swap(swapped[4], swapped[6]);  // rear for side
  const ToneReport report = Tones(swapped).heard(kSurround_hz);
  EXPECT_FALSE(report.whole());
  EXPECT_EQ(report.channels[4].heard_hz, 1100);
  EXPECT_EQ(report.channels[6].heard_hz, 880);
  EXPECT_EQ(report.channels[5].heard_hz, 990);
}

TEST(ToneCheck, SilenceAndNoiseAreNoTone) {
  Tones tones(kStereo_hz);
  SeededRng rng(3);
  for (std::size_t i = 0; i < kSeconds * 48'000; ++i) {
    tones.samples[i * 2] = static_cast<float>(rng.unit() - 0.5);
    tones.samples[i * 2 + 1] = 0;
  }
  const ToneReport report = tones.heard();
  EXPECT_LT(report.channels[0].power_ratio, 50);
  EXPECT_EQ(report.channels[1].heard_hz, 0);
  EXPECT_EQ(report.channels[1].power_ratio, 0);
  EXPECT_NEAR(report.channels[1].silent_share, 1, 0.001);
  EXPECT_FALSE(report.whole());
}

TEST(ToneCheck, AnotherToneIsNotTheOneExpected) {
  const ToneReport report = Tones({452, 550}).heard(kStereo_hz);
  EXPECT_LT(report.channels[0].power_ratio, ToneCheck::kMinPowerRatio);
  EXPECT_GT(report.channels[1].power_ratio, ToneCheck::kMinPowerRatio);
}

TEST(ToneCheck, ListeningBeginsWithTheFirstSound) {
  Tones tones(kStereo_hz);
  for (std::size_t channel : {0u, 1u}) tones.silence(channel, 0, 48'000);
  const ToneReport report = tones.heard();
  EXPECT_TRUE(report.whole());
  EXPECT_NEAR(std::chrono::duration<double>(report.heard).count(), kSeconds - 1, 0.01);
  EXPECT_FALSE(ToneCheck(kRate, kStereo_hz).report().whole());
}

TEST(ToneCheck, AClockThatIsABitOffDoesNotMatter) {
  EXPECT_TRUE(Tones({440 * 1.0005, 550 * 1.0005}).heard(kStereo_hz).whole());
}

}  // namespace
}  // namespace pf::audio
