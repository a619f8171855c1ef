#include "core/audio/audio_framer.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/base/hex.h"
#include "core/wire/v1/datagrams.h"

namespace pf::audio {
namespace {

constexpr Nanos kPeriod = milliseconds(5);
const WireTime kStart(seconds(1'000));

std::vector<std::byte> frame_of(int number, std::size_t bytes = 80) {
  return std::vector<std::byte>(bytes, static_cast<std::byte>(number));
}

message::AudioDatagram parsed(Bytes datagram) {
  const auto audio = wire::v1::parse_audio(datagram, kPeriod);
  EXPECT_TRUE(audio);
  return audio.value_or(message::AudioDatagram{});
}

TEST(AudioFramer, NumbersFramesFromZero) {
  AudioFramer framer({});
  for (int i = 0; i < 5; ++i) {
    const auto payload = frame_of(i);
    const Bytes datagram = framer.frame(payload, kStart + i * kPeriod);
    EXPECT_EQ(datagram[0], std::byte{0xC9});
    const auto audio = parsed(datagram);
    EXPECT_EQ(audio.frame.sequence, static_cast<std::uint32_t>(i));
    EXPECT_EQ(audio.frame.pts, kStart + i * kPeriod);
    EXPECT_EQ(to_hex(audio.frame.bytes), to_hex(payload));
    EXPECT_FALSE(audio.previous);
  }
}

TEST(AudioFramer, RepeatsTheFrameBeforeWhereThatWasAgreed) {
  AudioFramer framer({.redundant = true});
  const auto first = frame_of(1), second = frame_of(2, 60);
  const Bytes alone = framer.frame(first, kStart);
  EXPECT_EQ(alone[0], std::byte{0xD2});
  EXPECT_FALSE(parsed(alone).previous);
  const auto audio = parsed(framer.frame(second, kStart + kPeriod));
  ASSERT_TRUE(audio.previous);
  EXPECT_EQ(audio.previous->sequence, 0u);
  EXPECT_EQ(audio.previous->pts, kStart);
  EXPECT_EQ(to_hex(audio.previous->bytes), to_hex(first));
}

TEST(AudioFramer, RepeatsNothingWhoseStampItCannotSay) {
  AudioFramer framer({.redundant = true});
  const auto payload = frame_of(1);
  framer.frame(payload, kStart);
  EXPECT_FALSE(parsed(framer.frame(payload, kStart + kPeriod + milliseconds(2))).previous);
}

TEST(AudioFramer, RepeatsNothingThatDoesNotFit) {
  AudioFramer framer({.redundant = true});
  const auto large = frame_of(1, AudioFramer::kMaxFrameBytes);
  EXPECT_EQ(framer.frame(large, kStart).size(), kMaxAudioDatagramBytes);
  const auto audio = parsed(framer.frame(frame_of(2, 1), kStart + kPeriod));
  EXPECT_FALSE(audio.previous);
  EXPECT_EQ(audio.frame.sequence, 1u);
  EXPECT_TRUE(framer.frame(frame_of(3, AudioFramer::kMaxFrameBytes + 1), kStart).empty());
  const auto next = parsed(framer.frame(frame_of(4), kStart + 2 * kPeriod));
  EXPECT_EQ(next.frame.sequence, 2u) << "a frame that is too long uses no number";
  EXPECT_TRUE(next.previous);
}

TEST(AudioFramer, NeverRepeatsSamples) {
  AudioFramer framer({.codec = message::AudioCodec::pcm, .redundant = true});
  const auto payload = frame_of(1, 960);
  framer.frame(payload, kStart);
  const Bytes datagram = framer.frame(payload, kStart + kPeriod);
  EXPECT_EQ(datagram[0], std::byte{0xD3});
  EXPECT_EQ(datagram.size(), wire::v1::kAudioHeaderBytes + 960);
}

}  // namespace
}  // namespace pf::audio
