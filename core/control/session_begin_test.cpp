// How sessions begin: admission, the handshake, clocks, and everybody's patience.
#include "core/control/session_testing.h"

namespace pf::control {
namespace {

using message::CloseCode;
using namespace testing;

TEST(Session, NegotiatesAndSynchronisesClocks) {
  World world;
  world.run(milliseconds(500));
  EXPECT_TRUE(world.host.streaming());
  ASSERT_EQ(world.host_said<PlanWanted>().size(), 1u);
  EXPECT_EQ(world.host_said<PlanWanted>()[0].hello, hello());
  ASSERT_EQ(world.host_said<StartMedia>().size(), 1u);
  EXPECT_EQ(world.host_said<StartMedia>()[0].start.client_media_port, 6000);
  ASSERT_EQ(world.client_said<OpenMedia>().size(), 1u);
  EXPECT_EQ(world.client_said<OpenMedia>()[0].welcome, plan().welcome);
  EXPECT_EQ(world.client_sent<message::ClockProbe>().size(), 8u);
  const auto clocks = world.client_said<ClockUpdated>();
  ASSERT_EQ(clocks.size(), 1u);
  EXPECT_EQ(clocks[0].map.to_wire(world.now).since_epoch() - world.now.since_epoch(), kHostAhead);
  EXPECT_EQ(clocks[0].map.round_trip(), milliseconds(4));
}

TEST(Session, ResynchronisesOftenAtFirstAndThenAboutOnceAMinute) {
  World world;
  world.run(seconds(185));
  const std::size_t at_first = world.client_said<ClockUpdated>().size();
  EXPECT_GT(at_first, 6u);
  EXPECT_LT(at_first, 20u);
  world.run(seconds(185));
  EXPECT_LE(world.client_said<ClockUpdated>().size(), at_first + 6);
}

TEST(Session, GoesOnWithoutAClockWhenEchoesStayAway) {
  World world;
  world.media_opens = false;
  world.run(milliseconds(100));
  world.client.handle(MediaOpened{.local_port = 1}, world.now);
  world.host_mute = true;
  world.run(seconds(5));
  EXPECT_TRUE(world.client.streaming());
  EXPECT_TRUE(world.client_said<ClockUpdated>().empty());
}

TEST(Admission, RefusesClientsWithoutACertificateUnlessTheHostIsOpen) {
  HostSessionParams params = host_params(LocalTime(seconds(5)));
  params.open = false;
  params.has_identity = false;
  World world(params);
  world.run(seconds(1));
  EXPECT_TRUE(world.host.over());
  EXPECT_TRUE(world.host_said<PlanWanted>().empty());
  ASSERT_EQ(world.host_said<Close>().size(), 1u);
  const auto ended = world.client_said<ClientSessionOver>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].end, ClientEnd::rejected);
  EXPECT_EQ(ended[0].code, CloseCode::no_identity);
}

TEST(Admission, LetsPairedDevicesIntoAClosedHost) {
  HostSessionParams params = host_params(LocalTime(seconds(5)));
  params.open = false;
  params.paired = true;
  World world(params);
  world.start();
}

TEST(Admission, ChecksVersionPairingAndGrantsOfTheFirstMessage) {
  const auto answer = [](ControlMessage first, message::Grants grants) {
    HostSessionParams params = host_params(LocalTime());
    params.grants = grants;
    HostSession host(params, LocalTime());
    host.handle(std::move(first), LocalTime());
    std::optional<CloseCode> code;
    while (auto output = host.poll()) {
      if (const auto* close = std::get_if<Close>(&*output)) code = close->code;
    }
    return code;
  };
  message::Hello old = hello();
  old.wire_version = 1;
  EXPECT_EQ(answer(old, message::Grants::all()), CloseCode::wire_version);
  message::Hello launch = hello();
  launch.launch_id = "steam:570";
  EXPECT_EQ(answer(launch, message::Grants::from_bits(0x1F)), CloseCode::launch_not_permitted);
  EXPECT_EQ(answer(launch, message::Grants::all()), std::nullopt);
  EXPECT_EQ(answer(message::PairRequest{}, message::Grants::all()), std::nullopt);
}

TEST(Session, ARefusedPlanReachesTheUserAsASentence) {
  for (const CloseCode code : {CloseCode::busy, CloseCode::setup_failed}) {
    World world;
    world.plan_answer = PlanRefused{.code = code, .text = "somebody else is streaming"};
    world.run(seconds(1));
    const auto ended = world.client_said<ClientSessionOver>();
    ASSERT_EQ(ended.size(), 1u);
    EXPECT_NE(ended[0].sentence.find("somebody else is streaming"), std::string::npos);
    EXPECT_TRUE(world.host_said<StopMedia>().empty()) << "nothing was made";
  }
}

TEST(Session, EveryRefusalCodeEndsTheClientWithAVerdict) {
  for (std::uint64_t code = 0; code <= 0xFF; ++code) {
    World world;
    world.plan_answer.reset();
    world.run(milliseconds(50));
    world.client.handle(PeerClosed{CloseCode{code}, "because"}, world.now);
    world.flush();
    const auto ended = world.client_said<ClientSessionOver>();
    ASSERT_EQ(ended.size(), 1u) << code;
    EXPECT_FALSE(ended[0].sentence.empty());
    EXPECT_NE(ended[0].end, ClientEnd::left);
    EXPECT_TRUE(world.client.over());
  }
}

// The text of the host's own Close, which it must send after `within`.
std::string host_gives_up(const std::function<void(World&)>& go, Nanos within) {
  World world;
  go(world);
  world.run(within - milliseconds(100));
  EXPECT_FALSE(world.host.over());
  world.run(milliseconds(200));
  EXPECT_TRUE(world.host.over());
  const auto closes = world.host_said<Close>();
  if (closes.size() != 1) return "no close";
  EXPECT_EQ(closes[0].code, CloseCode::setup_failed);
  EXPECT_EQ(world.host_said<HostSessionOver>().size(), 1u);
  return closes[0].text;
}

TEST(HostSession, LosesPatienceInEveryPhaseOfTheHandshake) {
  EXPECT_EQ(host_gives_up([](World& w) { w.client_mute = true; }, HostSession::kStreamTimeout),
            "the client opened no control stream in 10 s");
  EXPECT_EQ(host_gives_up(
                [](World& w) {
                  w.client_mute = true;
                  w.host.handle(StreamOpened{}, w.now);
                },
                HostSession::kHelloTimeout),
            "the client sent no Hello in 10 s");
  EXPECT_EQ(
      host_gives_up([](World& w) { w.plan_answer.reset(); }, HostSession::kNegotiationTimeout),
      "the desktop was not ready to stream in 10 s");
  EXPECT_EQ(
      host_gives_up([](World& w) { w.media_opens = false; }, HostSession::kNegotiationTimeout),
      "the client did not start the session in 10 s");
}

TEST(HostSession, CallsThePlanOffWhenItLosesPatience) {
  World world;
  world.media_opens = false;
  world.run(seconds(11));
  EXPECT_EQ(world.host_said<StopMedia>().size(), 1u);
}

TEST(ClientSession, LosesPatienceWithAHostThatDoesNotAnswer) {
  World world(std::nullopt, seconds(4));
  world.plan_answer.reset();
  world.run(seconds(3));
  EXPECT_FALSE(world.client.over());
  world.run(seconds(2));
  const auto ended = world.client_said<ClientSessionOver>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].end, ClientEnd::failed);
  EXPECT_TRUE(world.host.over());
  EXPECT_EQ(world.host_said<StopMedia>().size(), 1u);
}

TEST(ClientSession, RefusesAWelcomeItCannotServe) {
  World world;
  PlanReady bad = plan();
  bad.welcome.shard_bytes = 1407;
  world.plan_answer = bad;
  world.run(seconds(1));
  const auto ended = world.client_said<ClientSessionOver>();
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].end, ClientEnd::failed);
  EXPECT_NE(ended[0].sentence.find("1407"), std::string::npos);
  EXPECT_TRUE(world.client_said<OpenMedia>().empty());
  EXPECT_TRUE(world.host.over());
}

TEST(Session, ALateWelcomeIsAWelcome) {
  World world(std::nullopt, seconds(190));
  world.plan_answer.reset();
  world.run(seconds(9));
  world.host.handle(plan(), world.now);
  world.run(seconds(1));
  EXPECT_TRUE(world.client.streaming());
  EXPECT_TRUE(world.host.streaming());
}

}  // namespace
}  // namespace pf::control
