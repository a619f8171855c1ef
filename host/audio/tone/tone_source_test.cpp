#include "host/audio/tone/tone_source.h"

#include <gtest/gtest.h>

#include "host/audio/conformance_testing.h"

namespace pf::audio::tone {
namespace {

class TestClock final : public Clock {
 public:
  LocalTime now() const noexcept override { return at; }
  LocalTime at{seconds(10)};
};

TEST(ToneSource, KeepsWhatEverySourcePromises) {
  const SystemClock clock;
  Doorbell bell;
  const auto source = backend().open({.layout = kStereo}, bell, clock).value();
  testing::expect_patience(*source, 2);
  const auto recording = testing::record(*source, 2, milliseconds(100));
  testing::expect_sound_stamps(recording, milliseconds(50));
  EXPECT_GT(recording.sound.size(), 2 * 48 * 50u);
}

TEST(ToneSource, SoundsOnEveryChannelInAPitchOfItsOwn) {
  TestClock clock;
  Doorbell bell;
  ToneSource source(kSurround71, clock);
  std::vector<float> sound, piece(240 * 8);
  for (int i = 0; i < 200; ++i) {
    clock.at += milliseconds(5);
    EXPECT_EQ(source.read(piece, bell, Nanos(0))->sample_count, 240u);
    sound.insert(sound.end(), piece.begin(), piece.end());
  }
  for (std::size_t channel = 0; channel < 8; ++channel) {
    const auto samples = testing::channel_of(sound, 8, channel);
    const double power = testing::power_at(samples, frequency_hz(channel));
    EXPECT_NEAR(power, kAmplitude * kAmplitude, 0.001);
    for (std::size_t other = 0; other < 8; ++other) {
      if (other == channel) continue;
      EXPECT_LT(testing::power_at(samples, frequency_hz(other)), power / 1000);
    }
  }
}

TEST(ToneSource, GivesNothingBeforeItsTime) {
  TestClock clock;
  Doorbell bell;
  ToneSource source(kStereo, clock);
  std::vector<float> piece(480);
  EXPECT_EQ(source.read(piece, bell, Nanos(0))->sample_count, 0u);
  clock.at += milliseconds(7);
  const auto read = source.read(piece, bell, Nanos(0));
  EXPECT_EQ(read->sample_count, 240u);
  EXPECT_EQ(read->captured_at, LocalTime(seconds(10)));
  EXPECT_EQ(source.read(piece, bell, Nanos(0))->sample_count, 0u);
}

TEST(ToneSource, SkipsWhatNobodyRead) {
  TestClock clock;
  Doorbell bell;
  ToneSource source(kStereo, clock);
  std::vector<float> piece(480);
  clock.at += seconds(5);
  EXPECT_EQ(source.read(piece, bell, Nanos(0))->captured_at, clock.at - milliseconds(100));
}

}  // namespace
}  // namespace pf::audio::tone
