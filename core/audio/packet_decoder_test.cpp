#include "core/audio/packet_decoder.h"

#include <gtest/gtest.h>

#include "core/audio/player_world_testing.h"

namespace pf::audio {
namespace {

constexpr StreamFormat kFormat{.rate_hz = 48'000, .channel_count = 2, .frame_samples = 240};
constexpr std::size_t kFrame = 480;  // of both channels

struct Decoder : ::testing::Test {
  PacketDecoder decoder{kFormat, std::make_unique<testing::ToneDecoder>(kFormat)};

  std::span<const float> packet(std::uint32_t sequence) {
    std::array<std::byte, 4> bytes{};
    ByteWriter(bytes).little(sequence);
    return decoder.decode({.sequence = sequence, .pts = {}, .bytes = bytes});
  }
};

TEST_F(Decoder, APacketIsAFrame) {
  EXPECT_EQ(packet(7).size(), kFrame);
  EXPECT_EQ(packet(8).size(), kFrame);
}

TEST_F(Decoder, WhatIsMissingIsMadeUpInFront) {
  packet(0xFFFF'FFFFU);
  const auto samples = packet(2);
  ASSERT_EQ(samples.size(), 3 * kFrame);
  EXPECT_EQ(samples[kFrame], 0.0F);  // as this decoder conceals
  EXPECT_NE(samples[2 * kFrame + 100], 0.0F);
}

TEST_F(Decoder, NoMoreThanFiftyMillisecondsAreMadeUp) {
  packet(0);
  EXPECT_EQ(packet(100).size(), 11 * kFrame);
  EXPECT_EQ(packet(5'000).size(), kFrame);  // the host counts anew
  EXPECT_EQ(packet(10).size(), kFrame);
}

TEST_F(Decoder, WhatWasConcealedAheadIsNotMadeUpAgain) {
  EXPECT_TRUE(decoder.conceal().empty());
  packet(0);
  EXPECT_EQ(decoder.conceal().size(), kFrame);
  EXPECT_EQ(decoder.conceal().size(), kFrame);
  EXPECT_EQ(packet(4).size(), 2 * kFrame);  // 1 to 3 are missing, 2 were heard
  EXPECT_EQ(packet(5).size(), kFrame);
}

TEST_F(Decoder, SilenceAndGarbageAreAFrame) {
  packet(0);
  EXPECT_EQ(decoder.decode({.sequence = 1, .pts = {}, .bytes = {}}).size(), kFrame);
  const std::array<std::byte, 3> garbage{};
  EXPECT_EQ(decoder.decode({.sequence = 2, .pts = {}, .bytes = garbage}).size(), kFrame);
}

}  // namespace
}  // namespace pf::audio
