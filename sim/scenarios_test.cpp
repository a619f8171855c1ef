// What both ends together must survive. A scenario that fails names its seed:
// `punktfunk-sim --seed N` runs the same again.
#include <gtest/gtest.h>

#include "sim/world.h"

namespace pf::sim {
namespace {

using message::CloseCode;

Scenario lossy(std::uint64_t seed) {
  return {.seed = seed, .media = {.loss = 0.05}, .control = {.loss = 0.05}};
}

std::uint64_t recovered(const World& world) {
  return world.client().video()->reception().recovered;
}

TEST(Scenario, APerfectNetworkShowsEveryPictureOnce) {
  World world({});
  world.run_for(seconds(10));
  EXPECT_EQ(world.finish(), "");
  const Checkers& seen = world.checkers();
  EXPECT_GE(seen.frames_sent(), 580u);                     // 60 Hz, less what the start took
  EXPECT_GE(seen.frames_shown() + 1, seen.frames_sent());  // the last may be under way
  EXPECT_EQ(world.host().keyframes(), 1u);
  EXPECT_LT(seen.longest_freeze(), milliseconds(25));
  EXPECT_TRUE(world.client().clock_read());
  EXPECT_EQ(recovered(world), 0u);
}

// The scenario that the project promises: 720p60 at 20 Mbit/s, every twentieth packet lost.
TEST(Scenario, FivePerCentLossShowsNoWrongByteAndHealsEveryPicture) {
  std::uint64_t sent = 0, shown = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    World world(lossy(seed));
    world.run_for(seconds(seed == 1 ? 10 : 3));
    ASSERT_EQ(world.finish(), "");
    const Link& link = world.media_to_client();
    EXPECT_NEAR(static_cast<double>(link.lost()) / static_cast<double>(link.sent()), 0.05, 0.015);
    EXPECT_GT(recovered(world), link.lost() / 2) << "seed " << seed;
    EXPECT_GT(world.host().most_fec_percent(), 7) << "seed " << seed;
    // The key frame that answers may be lost like any other, and the next one is 750 ms later.
    EXPECT_LT(world.checkers().longest_freeze(), milliseconds(1700)) << "seed " << seed;
    sent += world.checkers().frames_sent();
    shown += world.checkers().frames_shown();
  }
  // A frame that is lost holds the picture until the next key frame, and those are 750 ms apart.
  EXPECT_GT(shown, sent / 2);
}

TEST(Scenario, AClientThatBegsForKeyFramesAllTheTimeGetsOneIn750Ms) {
  World world({.seed = 3});
  world.run_for(seconds(1));
  for (int i = 0; i < 2500; ++i) {  // about as often as packets come
    if (i % 2 == 0) {
      world.say_as_client(message::RequestKeyframe{});
    } else {
      world.say_as_client(message::RfiRequest{.first_frame = 0, .last_frame = 0xFFFFFFFF});
    }
    world.run_for(milliseconds(2));
  }
  ASSERT_EQ(world.finish(), "");
  EXPECT_GE(world.host().keyframes(), 6u);
  EXPECT_LE(world.host().keyframes(), 8u);
  EXPECT_GT(world.checkers().frames_shown(), world.checkers().frames_sent() * 9 / 10);
}

TEST(Scenario, ReorderingAndJitterCostNoPicture) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    World world({.seed = seed,
                 .media = {.jitter = milliseconds(2), .reordering = 0.1},
                 .control = {.jitter = milliseconds(2)}});
    world.run_for(seconds(3));
    ASSERT_EQ(world.finish(), "");
    EXPECT_GE(world.checkers().frames_shown() + 1, world.checkers().frames_sent());
    EXPECT_EQ(world.host().keyframes(), 1u);
  }
}

// Jitter beyond what the gate waits for: pictures are lost though no packet was.
TEST(Scenario, JitterBeyondThePatienceOfTheGateHeals) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    World world(
        {.seed = seed,
         .media = {.jitter = milliseconds(20), .reordering = 0.02, .held_back = milliseconds(60)},
         .control = {.jitter = milliseconds(20)}});
    world.run_for(seconds(3));
    ASSERT_EQ(world.finish(), "");
    EXPECT_GT(world.checkers().frames_shown(), 0u);
  }
}

TEST(Scenario, PacketsThatArriveTwiceCountOnce) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    World world({.seed = seed, .media = {.jitter = milliseconds(2), .duplication = 0.3}});
    world.run_for(seconds(3));
    ASSERT_EQ(world.finish(), "");
    EXPECT_GE(world.checkers().frames_shown() + 1, world.checkers().frames_sent());
    EXPECT_GT(world.client().video()->opened().replayed, 1000u);
    EXPECT_EQ(world.client().video()->reception().duplicate, 0u);  // stopped before they got there
  }
}

// A tunnel on the way swallows what is larger than it carries. Nothing is seen until the host has
// looked at what QUIC found; then everything.
TEST(Scenario, AHoleInThePathForLargePacketsHeals) {
  for (const std::uint32_t largest : {1400u, 1280u, 1200u}) {
    World world({.seed = largest, .media = {.hole = {.largest_bytes = largest}}});
    world.excuse_until(kWorldStart + control::ShardNegotiation::kFirstLook + milliseconds(500));
    world.run_for(control::ShardNegotiation::kFirstLook - milliseconds(500));
    EXPECT_EQ(world.checkers().frames_shown(), 0u);
    world.run_for(seconds(10));
    ASSERT_EQ(world.finish(), "") << largest;
    EXPECT_GT(world.checkers().frames_shown(), 500u) << largest;
    EXPECT_LE(world.host().learned_udp_bytes(), largest);
    EXPECT_GE(world.host().learned_udp_bytes() + 70, largest);
  }
}

TEST(Scenario, EverythingAtOnceHeals) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    World world({.seed = seed,
                 .media = {.jitter = milliseconds(3),
                           .loss = 0.08,
                           .duplication = 0.02,
                           .reordering = 0.05},
                 .control = {.jitter = milliseconds(3), .loss = 0.08}});
    world.run_for(seconds(4));
    ASSERT_EQ(world.finish(), "");
  }
}

TEST(Scenario, ABlackoutOf300MsHealsWithoutALongFreeze) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    World world({.seed = seed});
    world.run_for(seconds(2) + milliseconds(static_cast<std::int64_t>(seed)));
    world.cut_for(milliseconds(300));
    world.run_for(seconds(3));
    ASSERT_EQ(world.finish(), "");
    EXPECT_LT(world.checkers().longest_freeze(), milliseconds(450)) << "seed " << seed;
    EXPECT_EQ(world.host().keyframes(), 2u) << "seed " << seed;
  }
}

TEST(Scenario, ABlackoutOverTheFirstKeyFrameHeals) {
  World world({});
  world.run_for(milliseconds(20));
  world.cut_for(milliseconds(300));
  world.run_for(seconds(3));
  EXPECT_EQ(world.finish(), "");
  EXPECT_GT(world.checkers().frames_shown(), 60u);
}

// The last picture before stillness has no successor that would show its loss.
TEST(Scenario, AScreenThatStopsIsShownAsItIs) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    World world(lossy(seed));
    world.run_for(seconds(1));
    world.set_still(true);
    world.run_for(seconds(3));
    ASSERT_EQ(world.finish(), "");
  }
}

TEST(Scenario, AQuitReachesTheHostAndKeepsNothing) {
  World world(lossy(1));
  world.run_for(seconds(1));
  ASSERT_TRUE(world.host().streaming());
  world.leave(control::Leave::quit);
  world.run_for(seconds(2));
  EXPECT_EQ(world.finish(), "");
  EXPECT_TRUE(world.host().over());
  EXPECT_FALSE(world.host().keeps_for_return());
  EXPECT_EQ(world.checkers().close_code(EndName::host), CloseCode::quit);
  EXPECT_EQ(world.client().ending(), control::ClientEnd::left);
}

TEST(Scenario, AClientThatDetachesFindsItsDesktopAgain) {
  World world({});
  world.run_for(seconds(1));
  world.leave(control::Leave::detach);
  world.run_for(seconds(2));
  EXPECT_EQ(world.finish(), "");
  EXPECT_TRUE(world.host().keeps_for_return());
  EXPECT_EQ(world.checkers().close_code(EndName::host), CloseCode::done);
}

TEST(Scenario, TheHostsReasonReachesTheClient) {
  const std::pair<CloseCode, control::ClientEnd> cases[] = {
      {CloseCode::done, control::ClientEnd::ended},
      {CloseCode::game_exited, control::ClientEnd::ended},
      {CloseCode::superseded, control::ClientEnd::rejected},
      {CloseCode::internal_error, control::ClientEnd::failed}};
  for (const auto& [code, ending] : cases) {
    World world(lossy(2));
    world.run_for(seconds(1));
    world.end_by_host(code);
    world.run_for(seconds(2));
    EXPECT_EQ(world.finish(), "");
    EXPECT_EQ(world.checkers().close_code(EndName::client), code);
    EXPECT_EQ(world.client().ending(), ending);
  }
}

// Both have said that it is over before either heard the other.
TEST(Scenario, BothEndsLeaveAtTheSameMoment) {
  World world({});
  world.run_for(seconds(1));
  world.end_by_host(CloseCode::done);
  world.leave(control::Leave::detach);
  world.run_for(seconds(2));
  EXPECT_EQ(world.finish(), "");
}

TEST(Scenario, AModeThatIsNonsenseIsRefusedOnBothEnds) {
  World world({.mode = {{99'999, 99'999}, {1000, 1}}});
  world.run_for(seconds(1));
  EXPECT_EQ(world.finish(), "");
  EXPECT_EQ(world.checkers().close_code(EndName::client), CloseCode::setup_failed);
  EXPECT_EQ(world.client().ending(), control::ClientEnd::failed);
  EXPECT_EQ(world.checkers().frames_sent(), 0u);
}

TEST(Scenario, AnotherModeIsTakenInMidStreamAndPicturesGoOn) {
  World world(lossy(3));
  world.run_for(seconds(1));
  const std::uint64_t shown = world.checkers().frames_shown();
  world.say_as_client(message::Reconfigure{{{1920, 1080}, {60, 1}}});
  world.run_for(seconds(2));
  EXPECT_EQ(world.finish(), "");
  ASSERT_TRUE(world.client().mode_answer());
  EXPECT_TRUE(world.client().mode_answer()->accepted);
  EXPECT_EQ(world.client().mode_answer()->mode, (DisplayMode{{1920, 1080}, {60, 1}}));
  EXPECT_GT(world.checkers().frames_shown(), shown);
}

TEST(Scenario, EveryModeStarts) {
  const Scenario cases[] = {
      {.mode = {{64, 64}, {1, 1}}, .bitrate_kbps = 500},
      {.mode = {{1920, 1080}, {240, 1}}, .bitrate_kbps = 50'000},
      {.mode = {{3840, 2160}, {60, 1}}, .bitrate_kbps = 150'000},
  };
  for (const Scenario& scenario : cases) {
    World world(scenario);
    world.run_for(milliseconds(1500));
    EXPECT_EQ(world.finish(), "") << to_string(scenario.mode);
    EXPECT_GT(world.checkers().frames_shown(), 0u) << to_string(scenario.mode);
  }
}

TEST(Scenario, ASeedRepeatsARunExactlyAndAnotherSeedDoesNot) {
  const auto hash_of = [](std::uint64_t seed) {
    World world(lossy(seed));
    world.run_for(seconds(2));
    return world.checkers().trace_hash();
  };
  EXPECT_EQ(hash_of(7), hash_of(7));
  EXPECT_NE(hash_of(7), hash_of(8));
}

// However a run is cut into pieces.
TEST(Scenario, HowFarTimeIsAskedToRunAtOnceMakesNoDifference) {
  World whole(lossy(9)), pieces(lossy(9));
  whole.run_for(seconds(1));
  for (int i = 0; i < 100; ++i) pieces.run_for(milliseconds(10));
  EXPECT_EQ(whole.checkers().trace_hash(), pieces.checkers().trace_hash());
}

const Endpoint kStranger = Endpoint::ipv4({203, 0, 113, 66}, 4242);

// A NAT that forgot the client, or another network: the outcome is a reconnect. The host goes on
// sending to where it was told until it notices, never to where a punch comes from.
TEST(Scenario, AClientWhoseAddressChangesReconnects) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Scenario scenario = lossy(seed);
    scenario.behind_nat = seed % 2 == 0;
    World world(scenario);
    world.run_for(seconds(2));
    const Endpoint before = world.client_address();
    world.rebind_client();
    EXPECT_FALSE(world.client_address() == before);
    world.run_for(seconds(7));
    EXPECT_EQ(world.sessions(), 1);
    EXPECT_GT(world.astray(), 1000u);
    world.run_for(seconds(4));
    ASSERT_EQ(world.finish(), "");
    EXPECT_EQ(world.sessions(), 2);
    EXPECT_TRUE(world.client().streaming());
    EXPECT_TRUE(world.host().streaming());
    EXPECT_LT(world.checkers().longest_freeze(), seconds(10)) << "seed " << seed;
  }
}

TEST(Scenario, AClientThatAsksForKeyFramesAllTheTimeGetsAFew) {
  World world({});
  world.run_for(milliseconds(500));
  for (int i = 0; i < 300; ++i) {
    world.say_as_client(message::RequestKeyframe{});
    world.run_for(milliseconds(10));
  }
  EXPECT_EQ(world.finish(), "");
  EXPECT_LE(world.host().keyframes(), 6u);
  EXPECT_GE(world.host().keyframes(), 4u);
}

TEST(Scenario, AStrangersPunchMovesNothing) {
  World world({.behind_nat = true});
  for (int i = 0; i < 50; ++i) {
    world.stranger_sends(as_bytes("PFpunch1"), kStranger);
    // Behind the client's own NAT, once the stream runs.
    if (i > 25) world.stranger_sends(as_bytes("PFpunch1"), world.client_address().with_port(7));
    world.run_for(milliseconds(40));
  }
  EXPECT_EQ(world.finish(), "");
  EXPECT_GT(world.checkers().frames_shown(), 60u);
  EXPECT_EQ(world.astray(), 0u);
}

TEST(Scenario, ATunnelThatSwallowsLargePacketsForAWhileHeals) {
  World world(
      {.media = {.hole = {.largest_bytes = 1300, .from = seconds(1), .until = seconds(3)}}});
  world.run_for(seconds(1));
  world.excuse_until(kWorldStart + seconds(3));
  world.run_for(seconds(4));
  EXPECT_EQ(world.finish(), "");
  EXPECT_GT(world.checkers().longest_freeze(), seconds(2));
  EXPECT_LT(world.checkers().longest_freeze(), seconds(3));
}

// Each checker finds what it is there for, and only a fault of its kind.
struct Plant {
  Sabotage sabotage;
  Property found;
};

// The same, with a host that does not repeat: the checker must see the stale picture. The last one
// is lost for certain.
bool stale_after_stillness(Sabotage sabotage) {
  World world({.seed = 1, .sabotage = sabotage});
  world.run_for(seconds(1));
  world.cut_for(milliseconds(100));
  world.run_for(milliseconds(50));
  world.set_still(true);
  world.run_for(seconds(4));
  world.finish();
  return world.checkers().found(Property::healed_in_time);
}

TEST(Scenario, AScreenThatStopsWouldStayStaleWithoutRepeats) {
  EXPECT_TRUE(stale_after_stillness(Sabotage::repeats_left_out));
  EXPECT_FALSE(stale_after_stillness(Sabotage::none));
}

class PlantedFault : public testing::TestWithParam<Plant> {};

TEST_P(PlantedFault, IsFound) {
  Scenario scenario = lossy(1);
  scenario.sabotage = GetParam().sabotage;
  World world(scenario);
  world.run_for(seconds(3));
  world.stranger_sends(as_bytes("PFpunch1"), kStranger);
  world.say_as_client(message::RequestKeyframe{});
  world.say_as_client(message::RequestKeyframe{});
  world.run_for(seconds(3));
  if (GetParam().found == Property::number_once) world.reconnect();
  world.run_for(seconds(1));
  world.leave(control::Leave::quit);
  world.run_for(seconds(2));
  EXPECT_NE(world.finish(), "");
  EXPECT_TRUE(world.checkers().found(GetParam().found)) << world.finish();
}

INSTANTIATE_TEST_SUITE_P(
    Each, PlantedFault,
    testing::Values(Plant{Sabotage::byte_changed, Property::bytes_right},
                    Plant{Sabotage::gate_bypassed, Property::reference_there},
                    Plant{Sabotage::counter_restarted, Property::number_once},
                    Plant{Sabotage::refreshes_ignored, Property::healed_in_time},
                    Plant{Sabotage::frames_kept, Property::memory_bounded},
                    Plant{Sabotage::backlog_kept, Property::queue_bounded},
                    Plant{Sabotage::clock_stamps_shifted, Property::clock_bounded},
                    Plant{Sabotage::close_swallowed, Property::ends_agree},
                    Plant{Sabotage::punches_followed, Property::destination_kept},
                    Plant{Sabotage::keyframes_unspaced, Property::keyframes_spaced},
                    Plant{Sabotage::keys_repeated, Property::number_once},
                    Plant{Sabotage::over_told_twice, Property::ends_once}));

}  // namespace
}  // namespace pf::sim
