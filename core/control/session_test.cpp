// A session under way: recovery, rate, mode, path.
#include "core/control/session_testing.h"

namespace pf::control {
namespace {

using message::CloseCode;
using namespace testing;

TEST(Session, TheClientsWishesReachTheEncoder) {
  World world;
  world.start();
  world.host.handle(KeyframeSent{}, world.now);
  world.run(seconds(1));
  world.from_host.clear();
  world.client.handle(FrameGap{.first_frame = 7, .last_frame = 9}, world.now);
  world.run(milliseconds(100));
  ASSERT_EQ(world.client_sent<message::RfiRequest>().size(), 1u);
  ASSERT_EQ(world.host_said<RefreshWanted>().size(), 1u);
  EXPECT_TRUE(std::holds_alternative<MakeKeyframe>(world.host_said<RefreshWanted>()[0].refresh));
  ASSERT_EQ(world.client_said<ShowPicture>().size(), 1u);
  EXPECT_FALSE(world.client_said<ShowPicture>()[0].good);
  world.client.handle(FrameArrived{.frame = 20, .keyframe = true}, world.now);
  world.run(milliseconds(10));
  ASSERT_EQ(world.client_said<ShowPicture>().size(), 2u);
  EXPECT_TRUE(world.client_said<ShowPicture>()[1].good);
}

TEST(Session, UsesTheEncodersOwnMeansAgainstLoss) {
  World world;
  PlanReady able = plan();
  able.can_drop_references = true;
  world.plan_answer = able;
  world.start();
  world.client.handle(FrameGap{.first_frame = 7, .last_frame = 9}, world.now);
  world.run(milliseconds(100));
  const auto wanted = world.host_said<RefreshWanted>();
  ASSERT_EQ(wanted.size(), 1u);
  const auto* drop = std::get_if<DropReferences>(&wanted[0].refresh);
  ASSERT_TRUE(drop);
  EXPECT_EQ(drop->first_frame, 7u);
  EXPECT_EQ(drop->last_frame, 9u);
}

TEST(Session, ADesperateClientGetsAtMostOneKeyframeIn750Ms) {
  World world;
  world.start();
  for (int i = 0; i < 1000; ++i) {
    world.host.handle(ControlMessage(message::RequestKeyframe{}), world.now);
    world.run(milliseconds(10));
  }
  EXPECT_LE(world.host_said<RefreshWanted>().size(), 14u);
  EXPECT_GE(world.host_said<RefreshWanted>().size(), 13u);
}

TEST(Session, ReportsLossEvery750Ms) {
  World world;
  world.start();
  world.client.handle(ReceptionTotals{.received = 950, .recovered = 50}, world.now);
  world.run(milliseconds(750));
  world.client.handle(ReceptionTotals{.received = 1900, .recovered = 50}, world.now);
  world.run(milliseconds(800));
  const auto seen = world.host_said<LossSeen>();
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].loss_ppm, 50'000u);
  EXPECT_EQ(seen[1].loss_ppm, 0u);
}

// Ten frames that cross a link of 100 Mbit/s, 16 ms apart.
void show_fast_link(World& world) {
  for (int i = 0; i < 10; ++i) {
    world.client.handle(FrameReceived{.pts = WireTime(i * milliseconds(16)),
                                      .first_received = world.now,
                                      .received = world.now + microseconds(3480),
                                      .frame_bytes = 40'000,
                                      .packet_count = 30},
                        world.now);
    world.run(milliseconds(16));
  }
}

TEST(Session, TheClientAsksForWhatTheWayCarries) {
  World world;
  world.start();
  show_fast_link(world);
  EXPECT_FALSE(world.host_said<RateTarget>().empty());
}

// A client that does not keep filler apart from video, and one that does.
TEST(Session, TestsTheSpeedOnce) {
  message::Hello separating = hello();
  separating.capabilities.add(message::Capability::separates_probe_frames);
  World world(std::nullopt, seconds(15), separating);
  world.start();
  world.client.handle(SpeedTestWanted{.target_kbps = 50'000, .length = seconds(1)}, world.now);
  world.run(milliseconds(100));
  ASSERT_EQ(world.host_said<RunSpeedTest>().size(), 1u);
  EXPECT_EQ(world.host_said<RunSpeedTest>()[0].request,
            (message::ProbeRequest{.target_kbps = 50'000, .duration_ms = 1000}));
  EXPECT_TRUE(world.host_sent<message::ProbeResult>().empty());  // whoever sends has the result
  for (std::uint64_t i = 0; i < 1000; ++i) {
    world.run(milliseconds(1));
    world.client.handle(FillerSeen{world.now, i * 2}, world.now);  // 24 Mbit/s
  }
  const message::ProbeResult sent{.bytes_sent = 6'250'000,
                                  .packets_sent = 4439,
                                  .duration_ms = 1000,
                                  .wire_packets_sent = 3998,
                                  .send_dropped = 0};
  world.host.handle(SpeedTestDone{sent}, world.now);
  world.run(seconds(1));
  ASSERT_EQ(world.client_said<SpeedTested>().size(), 1u);
  const SpeedTested tested = world.client_said<SpeedTested>()[0];
  EXPECT_EQ(tested.outcome, SpeedTested::Outcome::measured);
  EXPECT_NEAR(tested.verdict.link_kbps, 24'000, 100);
  EXPECT_NEAR(tested.verdict.loss_ppm, 500'000, 1000);
  EXPECT_EQ(tested.sent, sent);

  // Again at once: the host keeps silent, and the client gives up waiting.
  world.client.handle(SpeedTestWanted{.target_kbps = 50'000, .length = seconds(1)}, world.now);
  world.run(seconds(7));
  EXPECT_EQ(world.host_said<RunSpeedTest>().size(), 1u);
  ASSERT_EQ(world.client_said<SpeedTested>().size(), 2u);
  EXPECT_EQ(world.client_said<SpeedTested>()[1].outcome, SpeedTested::Outcome::unanswered);
}

TEST(HostSession, AnswersWhatItDoesNotDoYet) {
  World world;
  world.start();
  world.host.handle(ControlMessage(message::Reconfigure{.mode = {{800, 600}, {30, 1}}}), world.now);
  world.host.handle(ControlMessage(message::ProbeRequest{.target_kbps = 1, .duration_ms = 1}),
                    world.now);
  world.host.handle(ControlMessage(message::CursorRenderMode{}), world.now);
  world.run(milliseconds(10));
  ASSERT_EQ(world.host_sent<message::Reconfigured>().size(), 1u);
  EXPECT_FALSE(world.host_sent<message::Reconfigured>()[0].accepted);
  EXPECT_EQ(world.host_sent<message::Reconfigured>()[0].mode, plan().welcome.mode);
  ASSERT_EQ(world.host_sent<message::ProbeResult>().size(), 1u);
  EXPECT_EQ(world.host_sent<message::ProbeResult>()[0], message::ProbeResult{});
  EXPECT_TRUE(world.host.streaming());
}

PlanReady plan_that_switches() {
  PlanReady ready = plan();
  ready.modes =
      ModeLimits{.smallest_px = {64, 64}, .largest_px = {7680, 4320}, .highest_refresh_hz = 480};
  return ready;
}

TEST(HostSession, CarriesOutWhatTheOperatorWishes) {
  World world;
  world.plan_answer = plan_that_switches();
  world.start();
  world.now = world.now + seconds(1);  // key frames keep a distance
  world.host.handle(ForceKeyframe{}, world.now);
  const DisplayMode small{{800, 600}, {30, 1}};
  world.host.handle(ChangeMode{small}, world.now);
  world.host.handle(CapBitrate{5'000}, world.now);
  world.run(milliseconds(10));
  ASSERT_EQ(world.host_said<RefreshWanted>().size(), 1u);
  ASSERT_EQ(world.host_said<ModeWanted>().size(), 1u);
  EXPECT_EQ(world.host_said<ModeWanted>()[0].mode, small);
  ASSERT_EQ(world.host_sent<message::Reconfigured>().size(), 1u);
  EXPECT_EQ(world.host_sent<message::Reconfigured>()[0].mode, small);
  ASSERT_EQ(world.host_said<RateTarget>().size(), 1u);
  EXPECT_EQ(world.host_said<RateTarget>()[0].bitrate_kbps, 5'000u);
  // What the client wishes later is bounded by it.
  world.host.handle(ControlMessage(message::SetBitrate{50'000}), world.now);
  world.run(milliseconds(10));
  EXPECT_EQ(world.host_said<RateTarget>().back().bitrate_kbps, 5'000u);
  world.host.handle(CapBitrate{60'000}, world.now);
  world.run(milliseconds(10));
  EXPECT_EQ(world.host_said<RateTarget>().back().bitrate_kbps, 60'000u);
  EXPECT_TRUE(world.client.streaming());
}

TEST(HostSession, LeavesAModeThatIsLockedAloneAndTellsTheClientNothing) {
  World world;
  world.start();
  world.host.handle(ChangeMode{{{800, 600}, {30, 1}}}, world.now);
  world.run(milliseconds(10));
  EXPECT_TRUE(world.host_said<ModeWanted>().empty());
  EXPECT_TRUE(world.host_sent<message::Reconfigured>().empty());
}

TEST(Session, SwitchesTheModeAndTellsOfTheGap) {
  World world;
  world.plan_answer = plan_that_switches();
  world.start();
  const DisplayMode wide{{1920, 1080}, {60, 1}};
  world.client.handle(ModeWanted{wide}, world.now);
  world.run(milliseconds(100));
  ASSERT_EQ(world.host_said<ModeWanted>().size(), 1u);
  EXPECT_EQ(world.host_said<ModeWanted>()[0].mode, wide);
  ASSERT_EQ(world.client_said<ModeAnswered>().size(), 1u) << "before anything was rebuilt";
  EXPECT_TRUE(world.client_said<ModeAnswered>()[0].accepted);
  world.host.handle(SourceHealed{}, world.now);
  world.host.handle(ModeBuilt{wide, wide}, world.now);
  world.run(milliseconds(100));
  EXPECT_EQ(world.client_said<HostGap>().size(), 1u);
  EXPECT_EQ(world.client_said<ModeAnswered>().size(), 1u);
}

TEST(Session, ASwitchThatFailsIsTakenBack) {
  World world;
  world.plan_answer = plan_that_switches();
  world.start();
  const DisplayMode wide{{1920, 1080}, {60, 1}};
  world.client.handle(ModeWanted{wide}, world.now);
  world.run(milliseconds(100));
  world.host.handle(ModeBuilt{wide, plan().welcome.mode}, world.now);
  world.run(milliseconds(100));
  ASSERT_EQ(world.client_said<ModeAnswered>().size(), 2u);
  EXPECT_EQ(world.client_said<ModeAnswered>()[1].mode, plan().welcome.mode);
}

TEST(Session, TheLastOfManySizesWins) {
  World world;
  world.plan_answer = plan_that_switches();
  world.start();
  DisplayMode last{{800, 600}, {60, 1}};
  for (int i = 0; i < 100; ++i) {
    last.size_px.width += 2;
    world.client.handle(ModeWanted{last}, world.now);
    world.run(milliseconds(17));
  }
  world.run(seconds(2));
  const auto wanted = world.host_said<ModeWanted>();
  ASSERT_FALSE(wanted.empty());
  EXPECT_EQ(wanted.back().mode, last);
  EXPECT_LE(wanted.size(), 6u) << "1.7 s of dragging at one switch in half a second";
}

TEST(HostSession, ClampsTheBitrateAndSaysWhatItBecame) {
  World world;
  PlanReady limited = plan();
  limited.max_bitrate_kbps = 50'000;
  world.plan_answer = limited;
  world.start();
  for (const std::uint32_t kbps : {1u, 30'000u, 4'000'000'000u}) {
    world.host.handle(ControlMessage(message::SetBitrate{kbps}), world.now);
  }
  world.host.handle(BitrateApplied{25'000}, world.now);
  world.host.handle(BitrateApplied{25'000}, world.now);  // is no news
  world.run(milliseconds(10));
  std::vector<std::uint32_t> targets, said;
  for (const auto& target : world.host_said<RateTarget>()) targets.push_back(target.bitrate_kbps);
  for (const auto& rate : world.client_said<RateChanged>()) said.push_back(rate.bitrate_kbps);
  EXPECT_EQ(targets, (std::vector<std::uint32_t>{500, 30'000, 50'000, 25'000}));
  EXPECT_EQ(said, (std::vector<std::uint32_t>{500, 30'000, 50'000, 25'000}));
}

TEST(Session, ASmallerScreenGetsALowerRateUnlessItsUserNamedOne) {
  const DisplayMode small{{640, 360}, {60, 1}};
  for (const std::uint32_t named_kbps : {0u, 20'000u}) {
    message::Hello said = hello();
    said.bitrate_kbps = named_kbps;
    World world(std::nullopt, seconds(15), said);
    world.plan_answer = plan_that_switches();
    world.start();
    world.client.handle(ModeWanted{small}, world.now);
    world.run(milliseconds(100));
    world.host.handle(SourceHealed{}, world.now);
    world.host.handle(ModeBuilt{small, small}, world.now);
    world.run(milliseconds(10));
    const auto rates = world.client_said<RateChanged>();
    ASSERT_EQ(rates.size(), named_kbps == 0 ? 1u : 0u);
    if (rates.empty()) continue;
    EXPECT_EQ(rates[0].bitrate_kbps, rate_bounds(small, 0).ceiling_kbps);
    EXPECT_EQ(world.host_said<RateTarget>().size(), 1u) << "and the encoder too";
  }
}

TEST(Session, TheClientLearnsThatAGapWasTheHosts) {
  World world;
  world.start();
  world.host.handle(SourceLost{}, world.now);
  world.run(milliseconds(400));
  world.host.handle(SourceLost{}, world.now);
  world.run(milliseconds(100));
  world.host.handle(SourceHealed{}, world.now);
  world.host.handle(SourceHealed{}, world.now);
  world.run(milliseconds(10));
  const auto gaps = world.client_said<HostGap>();
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_EQ(gaps[0].length, milliseconds(500));
}

TEST(Session, TheClientIsToldOfALongGapWhileItLasts) {
  World world;
  world.start();
  world.host.handle(SourceLost{}, world.now);
  world.run(milliseconds(2500));
  auto gaps = world.client_said<HostGap>();
  ASSERT_EQ(gaps.size(), 2u);
  EXPECT_EQ(gaps[1].length, seconds(2));
  EXPECT_FALSE(gaps[0].goes_on);
  EXPECT_TRUE(gaps[1].goes_on);
  EXPECT_TRUE(world.client_said<MediaSilent>().at(0).healing);
  world.host.handle(SourceHealed{}, world.now);
  world.run(seconds(5));
  gaps = world.client_said<HostGap>();
  ASSERT_EQ(gaps.size(), 3u);
  EXPECT_EQ(gaps[2].length, milliseconds(2500));
}

TEST(Session, AClientWithoutMediaAsksForAKeyFrameAndSaysSo) {
  World world;
  world.start();
  world.run(seconds(4));
  EXPECT_GE(world.host_said<RefreshWanted>().size(), 1u);
  ASSERT_EQ(world.client_said<MediaSilent>().size(), 1u);
  EXPECT_FALSE(world.client_said<MediaSilent>()[0].healing);
  world.client.handle(ReceptionTotals{.packets_opened = 1}, world.now);
  world.run(milliseconds(1));
  EXPECT_EQ(world.client_said<MediaBack>().size(), 1u);
}

TEST(ClientSession, AcknowledgesSaneShardSizesOnly) {
  message::Hello wide = hello();
  wide.max_shard_bytes = 1408;
  ClientSession client({.hello = wide}, LocalTime());
  client.handle(ControlMessage(plan().welcome), LocalTime());
  client.handle(MediaOpened{.local_port = 1}, LocalTime());
  for (const std::uint16_t bytes : {510, 513, 1200, 1410}) {
    client.handle(ControlMessage(message::ShardPayloadChanged{bytes}), LocalTime());
  }
  std::vector<std::uint16_t> acknowledged;
  while (auto output = client.poll()) {
    const auto* sent = std::get_if<SendControl>(&*output);
    const auto* ack = sent ? std::get_if<message::ShardPayloadAck>(&sent->message) : nullptr;
    if (ack) acknowledged.push_back(ack->shard_bytes);
  }
  EXPECT_EQ(acknowledged, (std::vector<std::uint16_t>{1200}));
}

TEST(Session, ShardsFollowThePath) {
  message::Hello said = hello();
  said.max_shard_bytes = message::kMaxShardBytes;
  World world(std::nullopt, seconds(15), said);
  PlanReady ready = plan();
  ready.largest_shard_bytes = 1408;
  world.plan_answer = ready;
  world.host.handle(PathProven{1232}, world.now);  // while the desktop is still being made
  world.start();
  world.run(seconds(4));
  ASSERT_EQ(world.host_sent<message::ShardPayloadChanged>().size(), 1u);
  EXPECT_EQ(world.host_sent<message::ShardPayloadChanged>()[0].shard_bytes, 1168);
  ASSERT_EQ(world.host_said<ShardSizeWanted>().size(), 1u);
  EXPECT_EQ(world.client_sent<message::ShardPayloadAck>().size(), 1u);

  world.host.handle(PathProven{1444}, world.now);  // the search was slow
  world.run(seconds(7));
  ASSERT_EQ(world.host_said<ShardSizeWanted>().size(), 2u);
  EXPECT_EQ(world.host_said<ShardSizeWanted>()[1].shard_bytes, 1408);
  ASSERT_EQ(world.host_said<PathLearned>().size(), 1u);
  EXPECT_EQ(world.host_said<PathLearned>()[0].udp_bytes, 1444u);
}

}  // namespace
}  // namespace pf::control
