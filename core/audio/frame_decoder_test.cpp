#include "core/audio/frame_decoder.h"

#include <gtest/gtest.h>

#include "core/audio/opus_encoder.h"
#include "core/audio/pcm_decoder.h"
#include "core/audio/player_world_testing.h"
#include "core/audio/tone_testing.h"

namespace pf::audio {
namespace {

message::Welcome pcm_welcome(std::uint32_t rate_hz, std::uint8_t bits, std::uint16_t frame_us) {
  message::Welcome welcome;
  welcome.audio_codec = message::AudioCodec::pcm;
  welcome.audio.rate_hz = rate_hz;
  welcome.audio.bits = bits;
  welcome.audio_frame_us = frame_us;
  return welcome;
}

std::vector<std::byte> bytes_of(std::initializer_list<int> values) {
  std::vector<std::byte> bytes;
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

TEST(FrameDecoder, KnowsTheFormatOfASession) {
  message::Welcome opus;
  opus.audio_channels = 6;
  EXPECT_EQ(format_of(opus).frame_samples, 240u);
  EXPECT_EQ(format_of(opus).channel_count, 6);
  const StreamFormat pcm = format_of(pcm_welcome(44'100, 16, 5'000));
  EXPECT_EQ(pcm.rate_hz, 44'100u);
  EXPECT_EQ(pcm.frame_samples, 220u);  // the length is nominal, samples are whole
  EXPECT_EQ(format_of(pcm_welcome(176'400, 24, 1'000)).frame_samples, 176u);
  EXPECT_EQ(format_of(pcm_welcome(48'000, 16, 0)).frame_samples, 240u);
}

TEST(PcmDecoder, ReadsBothWidthsAtFullScale) {
  const StreamFormat format{.rate_hz = 48'000, .channel_count = 2, .frame_samples = 2};
  std::array<float, 4> samples{};
  PcmDecoder narrow(format, 16);
  EXPECT_EQ(narrow.decode(bytes_of({0xFF, 0x7F, 0x01, 0x80, 0, 0, 0x00, 0x40}), samples), 2u);
  EXPECT_EQ(samples[0], 1.0F);
  EXPECT_EQ(samples[1], -1.0F);
  EXPECT_EQ(samples[2], 0.0F);
  EXPECT_NEAR(samples[3], 0.5F, 1e-4);
  PcmDecoder wide(format, 24);
  EXPECT_EQ(wide.decode(bytes_of({0xFF, 0xFF, 0x7F, 0x01, 0x00, 0x80}), samples), 1u);
  EXPECT_EQ(samples[0], 1.0F);
  EXPECT_EQ(samples[1], -1.0F);
}

TEST(PcmDecoder, RefusesPartsOfSamplesAndMoreThanThereIsRoomFor) {
  const StreamFormat format{.rate_hz = 48'000, .channel_count = 2, .frame_samples = 2};
  std::array<float, 4> samples{};
  PcmDecoder decoder(format, 16);
  EXPECT_EQ(decoder.decode({}, samples), 0u);
  EXPECT_EQ(decoder.decode(bytes_of({1, 2, 3}), samples), 0u);
  EXPECT_EQ(decoder.decode(bytes_of({1, 2, 3, 4, 5, 6}), samples), 0u);
  EXPECT_EQ(decoder.decode(std::vector<std::byte>(20), samples), 0u);
}

TEST(PcmDecoder, AMissingPacketJoinsWithoutAStep) {
  const StreamFormat format{.rate_hz = 48'000, .channel_count = 1, .frame_samples = 240};
  PcmDecoder decoder(format, 16);
  std::vector<float> tone(240 * 6), played;
  testing::add_tone(tone, 1, 0, {.frequency_hz = 310});
  for (std::size_t frame = 0; frame < 6; ++frame) {
    std::array<float, 240> samples{};
    if (frame == 2 || frame == 3) {
      decoder.conceal(samples);
    } else {
      std::vector<std::byte> packet(480);
      ByteWriter out(packet);
      for (std::size_t i = 0; i < 240; ++i)
        out.little(static_cast<std::int16_t>(tone[frame * 240 + i] * 32'767));
      ASSERT_EQ(decoder.decode(packet, samples), 240u);
    }
    played.insert(played.end(), samples.begin(), samples.end());
  }
  float steepest = 0, steepest_there = 0;
  for (std::size_t i = 1; i < played.size(); ++i) {
    steepest = std::max(steepest, std::abs(played[i] - played[i - 1]));
    steepest_there = std::max(steepest_there, std::abs(tone[i] - tone[i - 1]));
  }
  EXPECT_LE(steepest, 2 * steepest_there);
}

TEST(FrameDecoder, OpusGoesOnOverALossAndGarbage) {
  message::Welcome welcome;
  auto decoder = *open_frame_decoder(welcome);
  std::vector<float> samples(FrameDecoder::kMaxSamples * 2);
  EXPECT_EQ(decoder->decode(bytes_of({0xFF, 0xFF, 0xFF, 0xFF, 0xFF}), samples), 0u);
  decoder->conceal(std::span(samples).first(480));
  for (std::size_t i = 0; i < 480; ++i) EXPECT_EQ(samples[i], 0.0F);
  welcome.audio_channels = 5;
  EXPECT_FALSE(open_frame_decoder(welcome));
}

}  // namespace
}  // namespace pf::audio
