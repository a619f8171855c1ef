#include "host/plan/sound_plan.h"

#include <gtest/gtest.h>

namespace pf::plan {
namespace {

using message::AudioCodec;
using message::Capability;

message::Hello listener(std::uint8_t channels = 2) {
  message::Hello hello;
  hello.audio_channels = channels;
  return hello;
}

TEST(PlanSound, GivesTheChannelsThatAreAskedFor) {
  for (const std::uint8_t channels : {2, 6, 8}) {
    const auto plan = plan_sound({}, listener(channels), 20'000);
    EXPECT_TRUE(plan.sends);
    EXPECT_EQ(plan.channel_count, channels);
    EXPECT_EQ(plan.codec, AudioCodec::opus);
    EXPECT_EQ(plan.bitrate_kbps, channels == 2 ? 128u : channels == 6 ? 256u : 450u);
    EXPECT_EQ(plan.format, message::AudioFormat{});
  }
}

TEST(PlanSound, RepeatsFramesForClientsThatUnderstandIt) {
  auto client = listener();
  EXPECT_FALSE(plan_sound({}, client, 20'000).redundant);
  client.capabilities.add(Capability::hears_redundant_audio);
  EXPECT_TRUE(plan_sound({}, client, 20'000).redundant);
  EXPECT_FALSE(plan_sound({.redundancy = false}, client, 20'000).redundant);
}

TEST(PlanSound, SendsPlainSamplesWhereEverythingAllowsIt) {
  auto client = listener();
  client.capabilities.add(Capability::hears_pcm).add(Capability::hears_redundant_audio);
  const auto plan = plan_sound({}, client, 20'000);
  EXPECT_EQ(plan.codec, AudioCodec::pcm);
  EXPECT_EQ(plan.frame_period, microseconds(5'000));
  EXPECT_FALSE(plan.redundant);
  client.audio.bits = 24;
  EXPECT_EQ(plan_sound({}, client, 20'000).frame_period, microseconds(3'000));
  EXPECT_EQ(plan_sound({}, client, 20'000).format.bits, 24);
}

TEST(PlanSound, FallsBackToOpusWithoutAWord) {
  auto client = listener();
  client.capabilities.add(Capability::hears_pcm);
  EXPECT_EQ(plan_sound({.lossless = false}, client, 20'000).codec, AudioCodec::opus);
  EXPECT_EQ(plan_sound({}, client, 6'143).codec, AudioCodec::opus) << "a quarter of the picture";
  EXPECT_EQ(plan_sound({}, client, 6'144).codec, AudioCodec::pcm);
  client.audio_channels = 6;
  EXPECT_EQ(plan_sound({}, client, 20'000).codec, AudioCodec::opus);
  client.audio_channels = 2;
  for (const std::uint32_t rate_hz : {1u, 44'100u, 96'000u, 0xFFFFFFFFu}) {
    client.audio.rate_hz = rate_hz;
    const auto plan = plan_sound({}, client, 8'000'000);
    EXPECT_EQ(plan.codec, AudioCodec::opus) << rate_hz;
    EXPECT_EQ(plan.format, message::AudioFormat{});
  }
}

TEST(PlanSound, SendsNothingWhereTheHostKeepsItsSound) {
  EXPECT_FALSE(plan_sound({.place = SoundPlace::host}, listener(), 20'000).sends);
  EXPECT_FALSE(plan_sound({}, listener(), 20'000).plays_on_host);
  EXPECT_TRUE(plan_sound({.place = SoundPlace::both}, listener(), 20'000).plays_on_host);
  EXPECT_TRUE(plan_sound({.place = SoundPlace::both}, listener(), 20'000).sends);
}

}  // namespace
}  // namespace pf::plan
