// Both ends' session machines against each other, through the real codec, in simulated time.
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "core/control/client_session.h"
#include "core/control/host_session.h"
#include "core/wire/v1/control_stream.h"

namespace pf::control {
namespace {

using message::CloseCode;
using message::ControlMessage;

constexpr Nanos kHostAhead = std::chrono::hours(480'000);

message::Hello hello() {
  message::Hello hello;
  hello.mode = {{1280, 720}, {60, 1}};
  hello.codecs = message::CodecSet{message::VideoCodec::h264};
  hello.capabilities.add(message::Capability::wants_host_timing);
  return hello;
}

PlanReady plan() {
  PlanReady plan;
  plan.welcome.media_port = 5000;
  plan.welcome.mode = {{1280, 720}, {60, 1}};
  plan.welcome.codec = message::VideoCodec::h264;
  plan.welcome.keys.aes128.fill()[0] = std::byte{1};
  plan.welcome.bitrate_kbps = 20'000;
  return plan;
}

HostSessionParams host_params(LocalTime now) {
  return {.open = true,
          .has_identity = true,
          .clock = SessionClock(now, WireTime(now.since_epoch() + kHostAhead))};
}

template <class Wanted, class Output>
std::vector<Wanted> all(const std::vector<Output>& outputs) {
  std::vector<Wanted> result;
  for (const auto& output : outputs) {
    if (const auto* found = std::get_if<Wanted>(&output)) result.push_back(*found);
  }
  return result;
}

class World {
 public:
  explicit World(std::optional<HostSessionParams> params = std::nullopt,
                 Nanos welcome_timeout = seconds(15), const message::Hello& said = hello())
      : host(params.value_or(host_params(LocalTime(seconds(5)))), now),
        client({.hello = said, .welcome_timeout = welcome_timeout}, now) {}

  // Whatever each end says arrives at the other after `delay`; plans and ports are made at once.
  void run(Nanos length) {
    const LocalTime end = now + length;
    for (;;) {
      flush();
      LocalTime next = end;
      if (!in_flight_.empty()) next = std::min(next, in_flight_.begin()->first);
      if (const auto due = host.next_timeout()) next = std::min(next, *due);
      if (const auto due = client.next_timeout()) next = std::min(next, *due);
      if (next >= end) break;
      now = std::max(now, next);
      deliver();
      if (const auto due = host.next_timeout(); due && *due <= now) host.handle_timeout(now);
      if (const auto due = client.next_timeout(); due && *due <= now) client.handle_timeout(now);
    }
    now = end;
  }

  void flush() {
    while (auto output = host.poll()) {
      if (const auto* sent = std::get_if<SendControl>(&*output)) {
        if (!host_mute) send(wire::v1::ControlStream::write(sent->message), false);
      } else if (const auto* close = std::get_if<Close>(&*output)) {
        post([this, close = *close] { client.handle(PeerClosed{close.code, close.text}, now); });
      } else if (std::holds_alternative<PlanWanted>(*output) && plan_answer) {
        host.handle(*plan_answer, now);
      } else if (std::holds_alternative<StopMedia>(*output)) {
        host.handle(MediaStopped{}, now);
      }
      from_host.push_back(std::move(*output));
    }
    while (auto output = client.poll()) {
      if (const auto* sent = std::get_if<SendControl>(&*output)) {
        if (!client_mute) send(wire::v1::ControlStream::write(sent->message), true);
      } else if (const auto* close = std::get_if<Close>(&*output)) {
        post([this, close = *close] { host.handle(PeerClosed{close.code, close.text}, now); });
      } else if (std::holds_alternative<OpenMedia>(*output) && media_opens) {
        client.handle(MediaOpened{.local_port = 6000}, now);
      }
      from_client.push_back(std::move(*output));
    }
  }

  void start() {
    run(milliseconds(500));
    ASSERT_TRUE(host.streaming());
    ASSERT_TRUE(client.streaming());
    from_host.clear();
    from_client.clear();
  }

  template <class Wanted>
  std::vector<Wanted> host_said() const {
    return all<Wanted>(from_host);
  }
  template <class Wanted>
  std::vector<Wanted> client_said() const {
    return all<Wanted>(from_client);
  }
  template <class Wanted>
  std::vector<Wanted> host_sent() const {
    std::vector<Wanted> result;
    for (const auto& sent : host_said<SendControl>()) {
      if (const auto* found = std::get_if<Wanted>(&sent.message)) result.push_back(*found);
    }
    return result;
  }
  template <class Wanted>
  std::vector<Wanted> client_sent() const {
    std::vector<Wanted> result;
    for (const auto& sent : client_said<SendControl>()) {
      if (const auto* found = std::get_if<Wanted>(&sent.message)) result.push_back(*found);
    }
    return result;
  }

  LocalTime now{seconds(5)};
  HostSession host;
  ClientSession client;
  std::optional<HostSession::Input> plan_answer = plan();
  bool media_opens = true;
  bool host_mute = false;
  bool client_mute = false;
  Nanos delay = milliseconds(2);
  std::vector<HostSession::Output> from_host;
  std::vector<ClientSession::Output> from_client;

 private:
  void post(std::function<void()> what) { in_flight_.emplace(now + delay, std::move(what)); }

  void send(std::vector<std::byte> bytes, bool to_host) {
    post([this, bytes = std::move(bytes), to_host] {
      if (to_host) {
        host.handle(StreamOpened{}, now);
        host_stream_.read(bytes, [&](auto event) { feed(host, std::move(event)); });
      } else {
        client_stream_.read(bytes, [&](auto event) { feed(client, std::move(event)); });
      }
    });
  }

  template <class Session>
  void feed(Session& session, wire::v1::ControlStream::Event event) {
    if (auto* message = std::get_if<ControlMessage>(&event)) {
      session.handle(std::move(*message), now);
    } else {
      session.handle(BrokenHandshake{}, now);
    }
  }

  void deliver() {
    while (!in_flight_.empty() && in_flight_.begin()->first <= now) {
      const auto what = std::move(in_flight_.begin()->second);
      in_flight_.erase(in_flight_.begin());
      what();
    }
  }

  std::multimap<LocalTime, std::function<void()>> in_flight_;
  wire::v1::ControlStream host_stream_{wire::v1::ControlStream::End::host};
  wire::v1::ControlStream client_stream_{wire::v1::ControlStream::End::client};
};

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

TEST(Session, ADeliberateQuitLeavesNothingBehind) {
  for (const Leave leave : {Leave::quit, Leave::detach}) {
    World world;
    world.start();
    world.client.handle(leave, world.now);
    world.run(seconds(1));
    ASSERT_EQ(world.client_said<ClientSessionOver>().size(), 1u);
    EXPECT_EQ(world.client_said<ClientSessionOver>()[0].end, ClientEnd::left);
    EXPECT_EQ(world.host_said<StopMedia>().size(), 1u);
    EXPECT_TRUE(world.host_said<Close>().empty());
    ASSERT_EQ(world.host_said<HostSessionOver>().size(), 1u);
    EXPECT_EQ(world.host_said<HostSessionOver>()[0].keep_for_return, leave == Leave::detach);
  }
}

TEST(Session, TheHostEndsInGoodOrder) {
  World world;
  world.start();
  world.host.handle(EndSession{.code = CloseCode::done, .text = "done"}, world.now);
  world.run(seconds(2));
  ASSERT_EQ(world.host_said<Close>().size(), 1u);
  EXPECT_EQ(world.host_said<Close>()[0].code, CloseCode::done);
  ASSERT_EQ(world.client_said<ClientSessionOver>().size(), 1u);
  EXPECT_EQ(world.client_said<ClientSessionOver>()[0].end, ClientEnd::ended);
}

TEST(HostSession, ClosesWithoutWaitingForPlanesThatDoNotStop) {
  HostSession host(host_params(LocalTime()), LocalTime());
  host.handle(ControlMessage(hello()), LocalTime());
  host.handle(plan(), LocalTime());
  host.handle(ControlMessage(message::Start{}), LocalTime());
  host.handle(EndSession{}, LocalTime());
  EXPECT_EQ(host.next_timeout(), LocalTime(HostSession::kStopGrace));
  host.handle_timeout(LocalTime(HostSession::kStopGrace));
  EXPECT_TRUE(host.over());
}

TEST(Session, ALostConnectionEndsBothEndsAndKeepsTheDesktop) {
  World world;
  world.start();
  world.host.handle(PeerClosed{}, world.now);
  world.client.handle(PeerClosed{std::nullopt, "The connection was lost: silence."}, world.now);
  world.flush();
  ASSERT_EQ(world.host_said<HostSessionOver>().size(), 1u);
  EXPECT_TRUE(world.host_said<HostSessionOver>()[0].keep_for_return);
  EXPECT_EQ(world.host_said<StopMedia>().size(), 1u);
  ASSERT_EQ(world.client_said<ClientSessionOver>().size(), 1u);
  EXPECT_EQ(world.client_said<ClientSessionOver>()[0].end, ClientEnd::lost);
  EXPECT_EQ(world.client_said<ClientSessionOver>()[0].sentence,
            "The connection was lost: silence.");
}

TEST(Session, AStreamThatEndsWaitsForItsReason) {
  World with_reason;
  with_reason.start();
  with_reason.client.handle(StreamClosed{}, with_reason.now);
  with_reason.run(milliseconds(100));
  with_reason.client.handle(PeerClosed{CloseCode::game_exited, ""}, with_reason.now);
  with_reason.run(milliseconds(10));
  ASSERT_EQ(with_reason.client_said<ClientSessionOver>().size(), 1u);
  EXPECT_EQ(with_reason.client_said<ClientSessionOver>()[0].end, ClientEnd::ended);

  World without;
  without.start();
  without.client.handle(StreamClosed{}, without.now);
  without.run(seconds(1));
  ASSERT_EQ(without.client_said<ClientSessionOver>().size(), 1u);
  EXPECT_EQ(without.client_said<ClientSessionOver>()[0].end, ClientEnd::lost);
}

// The Rust peer's probe drops its stream after a mode switch, and goes on receiving.
TEST(Session, AClientThatEndsItsStreamIsStillServed) {
  World world;
  world.start();
  world.host.handle(StreamClosed{}, world.now);
  world.run(seconds(20));
  EXPECT_TRUE(world.host.streaming());
  EXPECT_EQ(world.host_said<StopMedia>().size(), 0u);

  const std::size_t said = world.host_said<SendControl>().size();
  world.host.handle(BitrateApplied{9000}, world.now);  // nobody would read of it
  world.run(milliseconds(10));
  EXPECT_EQ(world.host_said<SendControl>().size(), said);

  world.host.handle(PeerClosed{CloseCode::done, ""}, world.now);
  world.run(milliseconds(10));
  EXPECT_TRUE(world.host.over());
  EXPECT_EQ(world.host_said<StopMedia>().size(), 1u);
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

TEST(HostSession, EndsWhenTheStreamDoesBeforeItBegan) {
  World world;
  world.run(milliseconds(1));
  world.host.handle(StreamClosed{}, world.now);
  world.run(seconds(1));
  EXPECT_TRUE(world.host.over());
}

TEST(HostSession, ClosesOnABrokenHandshake) {
  HostSession host(host_params(LocalTime()), LocalTime());
  host.handle(BrokenHandshake{}, LocalTime());
  EXPECT_TRUE(host.over());
  EXPECT_FALSE(host.next_timeout());
}

TEST(Session, NothingComesOutOfAnEndedSession) {
  World world;
  world.start();
  world.client.handle(Leave::quit, world.now);
  world.run(seconds(1));
  world.from_host.clear();
  world.from_client.clear();
  world.host.handle(EndSession{}, world.now);
  world.host.handle(ControlMessage(message::ClockProbe{}), world.now);
  world.client.handle(FrameAbandoned{}, world.now);
  world.client.handle(PeerClosed{}, world.now);
  world.run(seconds(100));
  EXPECT_TRUE(world.from_host.empty());
  EXPECT_TRUE(world.from_client.empty());
}

}  // namespace
}  // namespace pf::control
