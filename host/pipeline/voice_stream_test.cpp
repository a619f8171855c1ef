#include "host/pipeline/voice_stream.h"

#include <array>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "core/audio/opus_encoder.h"
#include "core/base/rng.h"

namespace pf::pipeline {
namespace {

// Opus packets of a tone, and what a VoiceStream makes of them.
class VoiceStreamTest : public ::testing::Test {
 protected:
  std::vector<std::byte> packet(std::size_t frames = 480,
                                const audio::SpeakerLayout& layout = audio::kMono) {
    if (!encoder_ || encoder_->layout().channel_count != layout.channel_count)
      encoder_.emplace(
          audio::OpusEncoder::open(
              {.layout = layout, .bitrate_kbps = 48, .use = audio::OpusEncoder::Use::voice})
              .value());
    std::vector<float> samples(frames * layout.channel_count);
    for (std::size_t i = 0; i < samples.size(); ++i)
      samples[i] = 0.5F * static_cast<float>(std::sin(0.0576 * static_cast<double>(phase_++)));
    std::array<std::byte, 1'275> room;
    const Bytes opus = encoder_->encode(samples, room);
    return {opus.begin(), opus.end()};
  }
  void take(std::uint32_t sequence, Bytes opus) {
    voice.take(sequence, opus, now, [this](std::span<const float> samples) {
      heard.insert(heard.end(), samples.begin(), samples.end());
    });
  }
  double rms() const {
    double sum = 0;
    for (const float sample : heard) sum += static_cast<double>(sample) * sample;
    return std::sqrt(sum / static_cast<double>(heard.size()));
  }

  VoiceStream voice = VoiceStream::open().value();
  std::vector<float> heard;
  LocalTime now{seconds(1'000)};

 private:
  std::optional<audio::OpusEncoder> encoder_;
  std::uint64_t phase_ = 0;
};

TEST_F(VoiceStreamTest, TakesPacketsOfAnyLengthAndEitherChannelCount) {
  std::uint32_t sequence = 0;
  std::size_t expected = 0;
  for (const auto& layout : {audio::kMono, audio::kStereo}) {
    for (const std::size_t frames : {120u, 240u, 480u, 960u}) {
      take(sequence++, packet(frames, layout));
      expected += frames;
      EXPECT_EQ(heard.size(), expected);
    }
  }
  EXPECT_EQ(voice.counts().packets, 8u);
  EXPECT_GT(rms(), 0.1);
}

TEST_F(VoiceStreamTest, MakesUpWhatIsMissingUpToAPause) {
  for (std::uint32_t sequence = 0; sequence < 10; ++sequence) take(sequence, packet());
  packet();
  packet();
  take(12, packet());
  EXPECT_EQ(heard.size(), 13u * 480);
  EXPECT_EQ(voice.counts().concealed, 2u);
  take(100, packet());  // a pause: nobody wants 870 ms of made-up sound
  EXPECT_EQ(heard.size(), 14u * 480);
  EXPECT_EQ(voice.counts().concealed, 2u);
}

TEST_F(VoiceStreamTest, DropsWhatComesLateOrTwice) {
  const auto first = packet(), second = packet();
  take(5, first);
  take(6, second);
  take(5, first);
  take(6, second);
  EXPECT_EQ(heard.size(), 2u * 480);
  EXPECT_EQ(voice.counts().dropped, 2u);
}

TEST_F(VoiceStreamTest, FollowsAClientThatCountsAnewAndTheWrapOfTheCount) {
  take(0xFFFF'FFFF, packet());
  take(0, packet());
  EXPECT_EQ(heard.size(), 2u * 480);
  take(50'000, packet());
  take(3, packet());
  EXPECT_EQ(heard.size(), 4u * 480);
  EXPECT_EQ(voice.counts().dropped, 0u);
  EXPECT_EQ(voice.counts().concealed, 0u);
}

TEST_F(VoiceStreamTest, AnEmptyPacketIsSilenceAsLongAsTheLastOne) {
  take(0, packet(960));
  heard.clear();
  take(1, {});
  EXPECT_EQ(heard, std::vector<float>(960, 0.0F));
}

TEST_F(VoiceStreamTest, SurvivesGarbage) {
  SeededRng rng(1);
  std::vector<std::byte> bytes(1'500);
  for (std::uint32_t sequence = 0; sequence < 2'000; ++sequence) {
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(rng.next());
    take(sequence, Bytes(bytes).first(rng.next() % bytes.size()));
    now += milliseconds(60);
    heard.clear();
  }
  EXPECT_GT(voice.counts().garbage, 100u);
  now += seconds(1);
  take(2'000, packet());
  take(2'001, packet());
  EXPECT_GE(heard.size(), 960u);
}

TEST_F(VoiceStreamTest, LetsNobodySpeakFasterThanSoundPasses) {
  for (std::uint32_t sequence = 0; sequence < 10'000; ++sequence) {
    take(sequence, packet(120));
    now += microseconds(10);  // 100 kHz
  }
  EXPECT_LT(heard.size(), 48'000u);
  EXPECT_GT(voice.counts().dropped, 9'000u);
}

}  // namespace
}  // namespace pf::pipeline
