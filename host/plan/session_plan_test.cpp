#include "host/plan/session_plan.h"

#include <gtest/gtest.h>

namespace pf::plan {
namespace {

message::Hello hello(std::uint32_t width, std::uint32_t height, std::uint32_t hz) {
  message::Hello hello;
  hello.mode = {.size_px = {width, height}, .refresh = {hz, 1}};
  hello.codecs = {message::VideoCodec::h264, message::VideoCodec::hevc};
  return hello;
}

TEST(PlanSession, GivesTheClientItsModeAndTheHostsDefaults) {
  const auto plan = plan_session({}, hello(1280, 720, 60), {});
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->mode.size_px, (SizePx{1280, 720}));
  EXPECT_EQ(plan->bitrate_kbps, 20'000u);
  EXPECT_EQ(plan->shard_bytes, 1408);
  EXPECT_EQ(plan_session({}, hello(1280, 720, 60), {.family = message::IpFamily::v6})->shard_bytes,
            1388);
}

TEST(PlanSession, CutsPacketsToWhatThePathCarries) {
  const auto client = hello(1280, 720, 60);
  // Behind a tunnel, as an earlier session has learned; they may grow when it is gone.
  const auto tunnel = plan_session({}, client, {.proven_udp_bytes = 1232});
  EXPECT_EQ(tunnel->shard_bytes, 1168);
  EXPECT_EQ(tunnel->largest_shard_bytes, 1408);
  EXPECT_EQ(plan_session({}, client, {.proven_udp_bytes = 1444})->shard_bytes, 1408);
  // An operator knows better.
  const HostOffer pppoe{.mtu_bytes = 1492};
  EXPECT_EQ(plan_session(pppoe, client, {})->shard_bytes, 1400);
  EXPECT_EQ(plan_session(pppoe, client, {})->largest_shard_bytes, 1400);
  EXPECT_EQ(plan_session(pppoe, client, {.family = message::IpFamily::v6})->shard_bytes, 1380);
  EXPECT_EQ(plan_session(pppoe, client, {.proven_udp_bytes = 1342})->shard_bytes, 1278);
  EXPECT_EQ(plan_session({.mtu_bytes = 1500}, client, {})->shard_bytes, 1408);
  EXPECT_EQ(plan_session({.mtu_bytes = 1}, client, {})->shard_bytes, 512);
}

TEST(PlanSession, SealsWithChaCha20ForClientsThatAskForIt) {
  auto client = hello(1280, 720, 60);
  EXPECT_EQ(plan_session({}, client, {})->cipher, message::Cipher::aes128_gcm);
  client.capabilities.add(message::Capability::accepts_chacha20);
  EXPECT_EQ(plan_session({}, client, {})->cipher, message::Cipher::chacha20_poly1305);
}

TEST(PlanSession, RefusesModesThatAreNoScreen) {
  for (const auto& nonsense :
       {hello(0, 0, 60), hello(1280, 720, 0), hello(99'999, 99'999, 60), hello(1280, 720, 1000),
        hello(7681, 720, 60), hello(63, 64, 60), hello(0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF)}) {
    const auto plan = plan_session({}, nonsense, {});
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().kind, ErrorKind::refused);
    EXPECT_FALSE(plan.error().what.empty());
  }
}

TEST(PlanSession, ClampsTheRate) {
  auto greedy = hello(1280, 720, 60);
  greedy.bitrate_kbps = 0xFFFFFFFF;
  EXPECT_EQ(plan_session({}, greedy, {})->bitrate_kbps, kMostBitrateKbps);
  greedy.bitrate_kbps = 1;
  EXPECT_EQ(plan_session({}, greedy, {})->bitrate_kbps, kLeastBitrateKbps);
}

TEST(PlanSession, CutsPicturesIntoSlicesOnlyForClientsThatTakeThem) {
  auto simple = hello(1280, 720, 60);
  EXPECT_EQ(plan_session({.slices = 4}, simple, {})->slices, 1u);
  simple.capabilities.add(message::Capability::multi_slice);
  EXPECT_EQ(plan_session({.slices = 4}, simple, {})->slices, 4u);
}

TEST(PlanSession, StreamsPicturesOnlyToClientsThatTakeThem) {
  auto simple = hello(1280, 720, 60);
  EXPECT_FALSE(plan_session({}, simple, {})->takes_streamed_frames);
  simple.capabilities.add(message::Capability::streamed_access_units);
  EXPECT_TRUE(plan_session({}, simple, {})->takes_streamed_frames);
}

TEST(PlanSession, RefusesAClientThatSharesNoCodec) {
  auto other = hello(1280, 720, 60);
  other.codecs = {message::VideoCodec::av1};
  EXPECT_FALSE(plan_session({}, other, {}));
}

}  // namespace
}  // namespace pf::plan
