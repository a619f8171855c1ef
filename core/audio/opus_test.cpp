#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <utility>
#include <vector>

#include "core/audio/opus_bitrate.h"
#include "core/audio/opus_decoder.h"
#include "core/audio/opus_encoder.h"
#include "core/audio/tone_check.h"
#include "core/audio/tone_testing.h"
#include "core/base/rng.h"

namespace pf::audio {
namespace {

using testing::add_tone;
using testing::channel_of;
using testing::power_at;
using testing::rms;

constexpr std::size_t kFrameSamples = 240;
constexpr std::size_t kMaxPacketBytes = 1200;

// An encoder and a decoder with 5 ms frames between them, some of which get lost.
struct Line {
  explicit Line(const SpeakerLayout& layout, std::uint32_t bitrate_kbps)
      : encoder(*OpusEncoder::open({.layout = layout, .bitrate_kbps = bitrate_kbps})),
        decoder(*OpusDecoder::open(layout)) {}

  // What is heard of `sound`; packets for which `lost` says so are concealed.
  template <class Lost>
  std::vector<float> carry(std::span<const float> sound, Lost lost) {
    const std::size_t frame_values = kFrameSamples * encoder.layout().channel_count;
    std::vector<float> heard;
    for (std::size_t at = 0; at + frame_values <= sound.size(); at += frame_values) {
      std::vector<float> frame(frame_values);
      const Bytes packet = encoder.encode(sound.subspan(at, frame_values), room);
      EXPECT_FALSE(packet.empty());
      packet_bytes += packet.size();
      if (lost(at / frame_values)) {
        EXPECT_TRUE(decoder.conceal(frame));
      } else {
        EXPECT_EQ(decoder.decode(packet, frame), kFrameSamples);
      }
      heard.insert(heard.end(), frame.begin(), frame.end());
    }
    return heard;
  }
  std::vector<float> carry(std::span<const float> sound) {
    return carry(sound, [](std::size_t) { return false; });
  }

  OpusEncoder encoder;
  OpusDecoder decoder;
  std::array<std::byte, kMaxPacketBytes> room;
  std::size_t packet_bytes = 0;
};

std::vector<float> tone(std::size_t channel_count, std::size_t channel, double seconds) {
  std::vector<float> sound(static_cast<std::size_t>(seconds * 48'000) * channel_count);
  add_tone(sound, channel_count, channel, {});
  return sound;
}

// Without the decoder's first 20 ms, in which the sound rises.
std::span<const float> settled(std::span<const float> samples) { return samples.subspan(960); }

TEST(Opus, CarriesAToneAsLoudAndAsPureAsItWas) {
  std::vector<float> sound = tone(2, 0, 1.02);
  add_tone(sound, 2, 1, {.frequency_hz = 440});
  const auto heard = Line(kStereo, 128).carry(sound);
  for (const std::size_t channel : {0u, 1u}) {
    const auto samples = channel_of(heard, 2, channel);
    EXPECT_NEAR(rms(settled(samples)), 0.5 / std::sqrt(2.0), 0.01 * 0.5 / std::sqrt(2.0));
    EXPECT_GT(power_at(settled(samples), 440), 1000 * power_at(settled(samples), 540));
    EXPECT_GT(power_at(settled(samples), 440), 1000 * power_at(settled(samples), 340));
  }
}

TEST(Opus, KeepsEachChannelOfSurroundOnItsOwnSpeaker) {
  for (const SpeakerLayout& layout : {kSurround51, kSurround71}) {
    for (std::size_t channel = 0; channel < layout.channel_count; ++channel) {
      if (layout.speakers[channel] == Speaker::low_frequency) continue;
      const auto heard = Line(layout, 450).carry(tone(layout.channel_count, channel, 0.22));
      for (std::size_t other = 0; other < layout.channel_count; ++other) {
        const auto samples = channel_of(heard, layout.channel_count, other);
        if (other == channel) {
          EXPECT_GT(power_at(settled(samples), 440), 0.2) << channel;
        } else {
          EXPECT_LT(power_at(settled(samples), 440), 0.0002) << channel << " leaks into " << other;
        }
      }
    }
  }
}

TEST(Opus, KeepsToItsRate) {
  Line line(kStereo, 128);
  line.carry(tone(2, 0, 1));
  EXPECT_LT(line.packet_bytes, 128'000 / 8 * 11 / 10);
  const std::size_t before = line.packet_bytes;
  line.encoder.set_bitrate_kbps(64);
  line.carry(tone(2, 0, 1));
  EXPECT_LT(line.packet_bytes - before, 64'000 / 8 * 11 / 10);
}

// GameStream's error correction takes packets of one size only.
TEST(Opus, GivesPacketsOfOneSizeWhereThatIsAsked) {
  SpeakerLayout surround51 = kSurround51, surround71 = kSurround71;
  surround51.stream_count = 6;
  surround51.coupled_count = 0;
  surround71.stream_count = 8;
  surround71.coupled_count = 0;
  struct Case {
    SpeakerLayout layout;
    std::uint32_t bitrate_kbps;
    std::size_t milliseconds;
  };
  for (const Case& c :
       {Case{kStereo, 96, 5}, Case{kStereo, 96, 10}, Case{kStereo, 512, 5}, Case{kStereo, 512, 10},
        Case{kSurround51, 256, 5}, Case{kSurround51, 256, 10}, Case{surround51, 1536, 5},
        Case{kSurround71, 450, 5}, Case{kSurround71, 450, 10}, Case{surround71, 2048, 5}}) {
    const std::size_t packet_bytes = c.bitrate_kbps * c.milliseconds / 8;
    std::vector<std::byte> room(packet_bytes);
    auto encoder = *OpusEncoder::open(
        {.layout = c.layout, .bitrate_kbps = c.bitrate_kbps, .constant_size = true});
    std::vector<float> sound(48 * c.milliseconds * 100 * c.layout.channel_count);
    add_tone(std::span(sound).subspan(sound.size() / 2), c.layout.channel_count, 0,
             {.frequency_hz = 440, .amplitude = 0.5});
    const std::size_t values = 48 * c.milliseconds * c.layout.channel_count;
    for (std::size_t at = 0; at < sound.size(); at += values) {
      ASSERT_EQ(encoder.encode(std::span(sound).subspan(at, values), room).size(), packet_bytes)
          << int{c.layout.channel_count} << " channels at " << c.bitrate_kbps;
    }
  }
}

// Tones close together, each on its own speaker, which a common sound for two would mix. They are
// steady, so at some rates every packet would come out too large by itself (stereo at 128 kbit/s,
// 7.1 at 450).
TEST(Opus, KeepsTheSpeakersApartInShortPacketsOfOneSize) {
  struct Case {
    SpeakerLayout layout;
    std::uint32_t bitrate_kbps;
    double lowest_hz;
  };
  for (const Case& c : {Case{kStereo, 96, 440}, Case{kStereo, 128, 440}, Case{kStereo, 512, 3'440},
                        Case{kSurround51, 384, 440}, Case{kSurround71, 450, 440}}) {
    const std::size_t channels = c.layout.channel_count;
    auto encoder = *OpusEncoder::open(
        {.layout = c.layout, .bitrate_kbps = c.bitrate_kbps, .constant_size = true});
    auto decoder = *OpusDecoder::open(c.layout);
    std::vector<double> tones_hz;
    std::vector<float> sound(48'000 * 2 * channels);
    for (std::size_t channel = 0; channel < channels; ++channel) {
      tones_hz.push_back(c.lowest_hz + 110 * static_cast<double>(channel));
      add_tone(sound, channels, channel, {.frequency_hz = tones_hz.back(), .amplitude = 0.25});
    }
    ToneCheck check(48'000, tones_hz);
    std::vector<std::byte> room(c.bitrate_kbps * 5 / 8);
    std::vector<float> heard(kFrameSamples * channels);
    for (std::size_t at = 0; at < sound.size(); at += heard.size()) {
      const Bytes packet = encoder.encode(std::span(sound).subspan(at, heard.size()), room);
      ASSERT_EQ(packet.size(), room.size());
      ASSERT_EQ(decoder.decode(packet, heard), kFrameSamples);
      if (at > sound.size() / 4) check.add(heard);
    }
    const ToneReport report = check.report();
    for (const ToneOnChannel& channel : report.channels) {
      EXPECT_GT(channel.power_ratio, ToneCheck::kMinPowerRatio)
          << channels << " channels at " << c.bitrate_kbps << " kbit/s: " << channel.expected_hz;
    }
    EXPECT_TRUE(report.whole());
  }
}

// The loudest frames do not fit at a variable rate and are made anew.
TEST(Opus, KeepsToItsSizeWhateverIsHeard) {
  for (const auto& [layout, bitrate_kbps] :
       {std::pair{kStereo, 96u}, std::pair{kSurround51, 256u}, std::pair{kSurround71, 450u}}) {
    auto encoder =
        *OpusEncoder::open({.layout = layout, .bitrate_kbps = bitrate_kbps, .constant_size = true});
    auto decoder = *OpusDecoder::open(layout);
    SeededRng rng(bitrate_kbps);
    std::vector<std::byte> room(bitrate_kbps * 5 / 8);
    std::vector<float> frame(kFrameSamples * layout.channel_count), heard(frame.size());
    for (int i = 0; i < 400; ++i) {
      const double loudness = i % 7 == 0 ? 1 : 0.001 * static_cast<double>(rng.below(20));
      for (float& sample : frame) sample = static_cast<float>(loudness * (rng.unit() * 2 - 1));
      const Bytes packet = encoder.encode(frame, room);
      ASSERT_EQ(packet.size(), room.size());
      ASSERT_EQ(decoder.decode(packet, heard), kFrameSamples);
      if (i % 7 == 0 && i > 0) {
        EXPECT_GT(rms(heard), 0.05) << i;
      }
    }
  }
}

TEST(Opus, ConcealsALostFrameWithSoundLikeTheOneBefore) {
  const auto heard =
      Line(kStereo, 128).carry(tone(2, 0, 0.5), [](std::size_t frame) { return frame == 60; });
  const auto samples = channel_of(heard, 2, 0);
  const std::span<const float> lost(samples.data() + 60 * kFrameSamples, kFrameSamples);
  EXPECT_GT(rms(lost), 0.2);
}

TEST(Opus, RecoversALostVoiceFrameFromTheNextPacket) {
  auto encoder =
      OpusEncoder::open({.layout = kMono, .bitrate_kbps = 48, .use = OpusEncoder::Use::voice});
  auto decoder = OpusDecoder::open(kMono);
  ASSERT_TRUE(encoder && decoder);
  std::array<std::byte, kMaxPacketBytes> room;
  std::vector<float> frame(480);
  for (int i = 0; i < 10; ++i) {
    std::fill(frame.begin(), frame.end(), 0.0f);
    add_tone(frame, 1, 0, {.frequency_hz = 200}, static_cast<std::size_t>(i) * 480);
    const Bytes packet = encoder->encode(frame, room);
    ASSERT_FALSE(packet.empty());
    if (i == 8) continue;  // lost
    if (i == 9) {
      EXPECT_TRUE(decoder->recover(packet, frame));
      EXPECT_GT(rms(frame), 0.1);
    }
    EXPECT_EQ(decoder->decode(packet, frame), 480u);
  }
}

TEST(Opus, SilenceIsSmallAndStaysSilent) {
  Line line(kStereo, 256);
  const auto heard = line.carry(std::vector<float>(2 * 48'000));
  EXPECT_LT(rms(heard), 1e-9);
  EXPECT_LT(line.packet_bytes / 200, 10u);
}

TEST(Opus, SurvivesSamplesBeyondAllScale) {
  Line line(kStereo, 128);
  std::vector<float> sound(kFrameSamples * 2 * 4);
  sound[3] = std::numeric_limits<float>::quiet_NaN();
  sound[500] = std::numeric_limits<float>::infinity();
  sound[501] = 1e30f;
  line.carry(sound);
  const auto heard = line.carry(tone(2, 0, 0.2));
  EXPECT_GT(power_at(settled(channel_of(heard, 2, 0)), 440), 0.2);
}

TEST(Opus, RefusesWhatIsNoFrame) {
  Line line(kStereo, 128);
  std::vector<float> frame(480);
  EXPECT_TRUE(line.encoder.encode(std::span(frame).first(479), line.room).empty());
  EXPECT_TRUE(line.encoder.encode(std::span(frame).first(200), line.room).empty());
  EXPECT_TRUE(line.encoder.encode(frame, {}).empty());
  EXPECT_FALSE(line.decoder.decode({}, frame));
  EXPECT_FALSE(line.decoder.conceal({}));
  const std::array<std::byte, 3> garbage{std::byte{0xFF}, std::byte{0xFF}, std::byte{0xFF}};
  EXPECT_FALSE(line.decoder.decode(garbage, frame));
  const Bytes packet = line.encoder.encode(frame, line.room);
  EXPECT_FALSE(line.decoder.decode(packet, std::span(frame).first(478)));  // no room for it
  frame[0] = 1;
  EXPECT_FALSE(line.decoder.conceal(std::span(frame).first(7)));
  EXPECT_EQ(frame[0], 0.0f);
  EXPECT_TRUE(line.decoder.conceal(frame));
}

TEST(Opus, HasALayoutForTheFourChannelCounts) {
  for (std::size_t count = 0; count < 300; ++count) {
    const auto layout = layout_of(count);
    EXPECT_EQ(layout.has_value(), count == 1 || count == 2 || count == 6 || count == 8) << count;
    if (layout) {
      EXPECT_EQ(layout->channel_count, count);
      EXPECT_EQ(layout->stream_count + layout->coupled_count, static_cast<int>(count));
    }
  }
}

TEST(OpusBitrate, IsATierWithinATwentiethOfThePicture) {
  EXPECT_EQ(opus_bitrate_kbps(2, SoundQuality::high, 20'000), 128u);
  EXPECT_EQ(opus_bitrate_kbps(2, SoundQuality::low, 20'000), 96u);
  EXPECT_EQ(opus_bitrate_kbps(2, SoundQuality::best, 20'000), 256u);
  EXPECT_EQ(opus_bitrate_kbps(6, SoundQuality::high, 20'000), 256u);
  EXPECT_EQ(opus_bitrate_kbps(8, SoundQuality::high, 20'000), 450u);
  EXPECT_EQ(opus_bitrate_kbps(8, SoundQuality::best, 10'000), 500u);
  EXPECT_EQ(opus_bitrate_kbps(8, SoundQuality::best, 500), 96u);
}

}  // namespace
}  // namespace pf::audio
