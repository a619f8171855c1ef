#include "core/input/input_sender.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "core/input/input_testing.h"
#include "core/quic/world_testing.h"
#include "core/wire/v1/input_event.h"

namespace pf::input {
namespace {

using namespace testing;

std::vector<InputSender::Output> said(InputSender& sender) {
  std::vector<InputSender::Output> all;
  while (auto output = sender.poll()) all.push_back(*output);
  return all;
}

TEST(InputSender, SendsMotionOnceAMillisecondAndEdgesAtOnce) {
  InputSender sender;
  LocalTime now(seconds(1));
  sender.handle(motion(1, 0), now);
  EXPECT_EQ(said(sender).size(), 1u) << "after a pause at once";
  sender.handle(motion(1, 0), now);
  sender.handle(motion(1, 0), now);
  EXPECT_TRUE(said(sender).empty());
  EXPECT_EQ(sender.next_timeout(), now + InputSender::kMotionInterval);
  now = now + InputSender::kMotionInterval;
  sender.handle_timeout(now);
  auto sent = said(sender);
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].event, motion(2, 0));
  EXPECT_EQ(sent[0].number, 0u);

  sender.handle(motion(5, 5), now);
  sender.handle(button(1, true), now);
  sent = said(sender);
  ASSERT_EQ(sent.size(), 2u) << "a click waits for nothing, and takes the movement before it along";
  EXPECT_EQ(sent[0].event, motion(5, 5));
  EXPECT_EQ(sent[1].event, button(1, true));
  EXPECT_NE(sent[1].number, 0u);
}

TEST(InputSender, LetsGoOfWhatIsHeld) {
  InputSender sender;
  const LocalTime now;
  sender.handle(key('W', true), now);
  sender.handle(button(1, true), now);
  (void)said(sender);
  sender.handle(LetGo{}, now);
  const auto sent = said(sender);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].event, key('W', false));
  EXPECT_EQ(sent[1].event, button(1, false));
  EXPECT_EQ(sender.held_count(), 0u);
}

TEST(InputSender, DoesNotSendTheRepetitionsOfAHeldKey) {
  InputSender sender;
  const LocalTime now;
  for (int i = 0; i < 100; ++i) sender.handle(key('A', true), now);
  EXPECT_EQ(said(sender).size(), 1u);
}

TEST(InputSender, SaysALostPressAgainWhileTheKeyIsDown) {
  InputSender sender;
  LocalTime now;
  sender.handle(key('A', true), now);
  const auto first = said(sender);
  now = now + milliseconds(40);
  sender.handle(DatagramLost{first[0].number}, now);
  const auto again = said(sender);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].event, key('A', true));
  EXPECT_NE(again[0].number, first[0].number);
  sender.handle(DatagramArrived{again[0].number}, now);
  EXPECT_TRUE(said(sender).empty());
  EXPECT_EQ(sender.next_timeout(), std::nullopt);
}

TEST(InputSender, DoesNotSayALostPressAgainOnceTheKeyIsUp) {
  InputSender sender;
  LocalTime now;
  sender.handle(key('A', true), now);
  const auto press = said(sender);
  sender.handle(key('A', false), now);
  (void)said(sender);
  sender.handle(DatagramLost{press[0].number}, now);
  EXPECT_TRUE(said(sender).empty());
}

TEST(InputSender, SaysAReleaseAgainUntilItHasArrived) {
  InputSender sender;
  LocalTime now;
  sender.handle(key('A', true), now);
  sender.handle(DatagramArrived{said(sender)[0].number}, now);
  sender.handle(key('A', false), now);
  auto sent = said(sender);
  ASSERT_EQ(sent.size(), 1u);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(sender.next_timeout());
    now = *sender.next_timeout();
    sender.handle_timeout(now);
    sent = said(sender);
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_EQ(sent[0].event, key('A', false));
  }
  sender.handle(DatagramArrived{sent[0].number}, now);
  EXPECT_EQ(sender.next_timeout(), std::nullopt);
}

TEST(InputSender, ConfirmsAReleaseThatItsPressMayHaveOvertaken) {
  InputSender sender;
  LocalTime now;
  sender.handle(key('A', true), now);
  sender.handle(key('A', false), now);
  const auto tap = said(sender);
  ASSERT_EQ(tap.size(), 2u);
  now = now + milliseconds(5);
  // One acknowledgement for both: who came first it does not say.
  sender.handle(DatagramArrived{tap[0].number}, now);
  sender.handle(DatagramArrived{tap[1].number}, now);
  const auto again = said(sender);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].event, key('A', false));
  now = now + milliseconds(5);
  sender.handle(DatagramArrived{again[0].number}, now);
  EXPECT_TRUE(said(sender).empty());
  EXPECT_EQ(sender.next_timeout(), std::nullopt);
}

// Two ends with real QUIC between them in simulated time; the host holds what it has been told.
class LossyDesk {
 public:
  LossyDesk(double loss, Nanos one_way, Nanos jitter, std::uint64_t seed)
      : world_({}, seed), rng_(seed * 7919) {
    world_.delay = one_way;
    client_ = &world_.dial({}, identity());
    PF_CHECK(world_.connect(*client_));
    world_.loss = loss;
    world_.jitter_ns = jitter.count();
    round_trip_ = 2 * one_way + 2 * jitter;
  }

  // A person types, holds and clicks for `length`, then lets go of everything and waits.
  void play(Nanos length) {
    const LocalTime end = world_.now + length;
    while (world_.now < end) {
      const std::uint32_t code = 0x41 + static_cast<std::uint32_t>(rng_.below(8));
      const bool down = (keys_[code] & 1) == 0;
      press(code, down);
      if (rng_.unit() < 0.3) sender_.handle(motion(3, 1), world_.now);
      turn_for(milliseconds(5 + static_cast<int>(rng_.below(120))));
    }
    for (auto& [code, generation] : keys_) {
      if ((generation & 1) != 0) press(code, false);
    }
    turn_for(seconds(3));
  }

  Nanos longest_held_too_long() const { return longest_; }
  Nanos round_trip() const { return round_trip_; }
  std::size_t held() const { return held_.held_count(); }
  std::uint64_t copies() const { return sender_.copies(); }
  std::uint64_t edges() const { return edges_; }

 private:
  static const quic::TlsIdentity& identity() {
    static const quic::TlsIdentity made = quic::testing::make_identity();
    return made;
  }

  void press(std::uint32_t code, bool down) {
    ++edges_;
    ++keys_[code];
    if (!down)
      released_at_[code] = world_.now;
    else
      released_at_.erase(code);
    sender_.handle(key(code, down), world_.now);
  }

  void turn_for(Nanos length) {
    const LocalTime end = world_.now + length;
    while (world_.now < end) {
      while (auto output = sender_.poll()) {
        (void)client_->quic.send_datagram(wire::v1::write_input_event(output->event), world_.now,
                                          output->number);
      }
      LocalTime next = std::min(end, world_.now + milliseconds(1));
      if (const auto due = sender_.next_timeout())
        next = std::max(world_.now, std::min(next, *due));
      world_.run(next - world_.now);
      hear();
      sender_.handle_timeout(world_.now);
    }
  }

  void hear() {
    for (const std::uint64_t number : std::exchange(client_->seen.acknowledged, {}))
      sender_.handle(DatagramArrived{number}, world_.now);
    for (const std::uint64_t number : std::exchange(client_->seen.lost, {}))
      sender_.handle(DatagramLost{number}, world_.now);
    for (const auto& datagram : std::exchange(world_.host().datagrams, {})) {
      const auto event = wire::v1::parse_input_event(datagram);
      ASSERT_TRUE(event);
      if (!held_.admit(*event)) continue;
      if (event->kind == InputKind::key_down) down_.insert({event->code, world_.now});
      if (event->kind == InputKind::key_up) down_.erase(event->code);
    }
    for (const auto& [code, since] : down_) {
      const auto released = released_at_.find(code);
      if (released != released_at_.end())
        longest_ = std::max<Nanos>(longest_, world_.now - released->second);
    }
  }

  quic::testing::World world_;
  quic::testing::World::Client* client_ = nullptr;
  SeededRng rng_;
  Nanos round_trip_{0};
  InputSender sender_;
  HeldTracker held_;
  std::map<std::uint32_t, unsigned> keys_;          // edges of each; odd: down at the client
  std::map<std::uint32_t, LocalTime> released_at_;  // of those that are up at the client
  std::map<std::uint32_t, LocalTime> down_;         // at the host
  Nanos longest_{0};
  std::uint64_t edges_ = 0;
};

struct Way {
  const char* name;
  Nanos one_way, jitter;
};
constexpr Way kWays[] = {{"lan", microseconds(200), Nanos(0)},
                         {"wifi", milliseconds(3), milliseconds(2)},
                         {"dsl", milliseconds(12), milliseconds(1)},
                         {"far", milliseconds(50), milliseconds(5)},
                         {"satellite", milliseconds(300), milliseconds(10)}};

TEST(InputSender, KeepsNoKeyDownUnderLossForMoreThanTwoRoundTripsAnd50Ms) {
  for (const Way& way : kWays) {
    std::uint64_t edges = 0, copies = 0;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      LossyDesk desk(0.05, way.one_way, way.jitter, seed);
      desk.play(seconds(10));
      EXPECT_LE(desk.longest_held_too_long(), 2 * desk.round_trip() + milliseconds(50))
          << way.name << ", seed " << seed;
      EXPECT_EQ(desk.held(), 0u) << way.name << ", seed " << seed;
      edges += desk.edges();
      copies += desk.copies();
    }
    EXPECT_LT(copies, edges * 4) << way.name;
    RecordProperty(std::string(way.name) + "_copies_per_100_edges",
                   static_cast<int>(copies * 100 / edges));
  }
}

TEST(InputSender, LeavesNoKeyDownAfterHeavyLoss) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    LossyDesk desk(0.3, milliseconds(10), milliseconds(5), seed);
    desk.play(seconds(5));
    EXPECT_EQ(desk.held(), 0u) << "seed " << seed;
  }
}

}  // namespace
}  // namespace pf::input
