// How sessions end: on purpose, by accident, and in every phase.
#include "core/control/session_testing.h"

namespace pf::control {
namespace {

using message::CloseCode;
using namespace testing;

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
