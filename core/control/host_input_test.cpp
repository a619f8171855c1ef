// Input at the host's session machine: what a device may do, and what ends with its rights or in
// silence.
#include <gtest/gtest.h>

#include <vector>

#include "core/control/host_session.h"

namespace pf::control {
namespace {

using message::Grant;
using message::Grants;
using message::InputEvent;
using message::InputKind;

constexpr LocalTime kStart{Nanos(seconds(1'000))};
constexpr InputEvent kPress{.kind = InputKind::key_down, .code = 'W'};
constexpr InputEvent kMotion{.kind = InputKind::mouse_move, .x = 1};

constexpr Grants grants_of(std::initializer_list<Grant> all) {
  std::uint32_t bits = 0;
  for (const Grant grant : all) bits |= 1u << static_cast<unsigned>(grant);
  return Grants::from_bits(bits);
}

class Typist {
 public:
  explicit Typist(Grants grants = Grants::all())
      : host({.has_identity = true,
              .paired = true,
              .grants = grants,
              .clock = SessionClock(kStart, WireTime())},
             kStart) {
    host.handle(StreamOpened{}, now);
    tell(message::ControlMessage(message::Hello{}));
    tell(PlanReady{});
    tell(message::ControlMessage(message::Start{}));
    EXPECT_TRUE(host.streaming());
  }
  void tell(HostSession::Input input) {
    host.handle(std::move(input), now);
    drain();
  }
  // Wakes the machine whenever it wants; `report` of losses every 750 ms, as clients do.
  void run(Nanos length, bool report) {
    const LocalTime end = now + length;
    LocalTime next_report = now + milliseconds(750);
    while (now < end) {
      LocalTime next = std::min(end, next_report);
      if (const auto due = host.next_timeout()) next = std::min(next, *due);
      ASSERT_GE(next, now);
      now = next;
      host.handle_timeout(now);
      drain();
      if (now < next_report) continue;
      next_report = now + milliseconds(750);
      if (report) tell(message::ControlMessage(message::LossReport{}));
    }
  }
  void drain() {
    while (auto output = host.poll()) {
      if (const auto* inject = std::get_if<InjectInput>(&*output))
        injected.push_back(inject->event);
      if (const auto* release = std::get_if<ReleaseInput>(&*output)) {
        releases.push_back(release->device);
        released_at.push_back(now);
      }
    }
  }

  LocalTime now = kStart;
  HostSession host;
  std::vector<InputEvent> injected;
  std::vector<std::optional<input::Device>> releases;
  std::vector<LocalTime> released_at;
};

TEST(HostInput, GoesOnAsFarAsTheDeviceMay) {
  Typist typist(grants_of({Grant::pointer}));
  typist.tell(InputArrived{kPress});
  typist.tell(InputArrived{kMotion});
  EXPECT_EQ(typist.injected, std::vector<InputEvent>{kMotion});
  EXPECT_EQ(typist.host.input_counts().not_granted, 1u);
}

TEST(HostInput, OfADeviceThatMayOnlyWatchGoesNowhere) {
  Typist typist(grants_of({}));
  for (std::uint8_t kind = 0; kind < message::kInputKinds; ++kind) {
    typist.tell(InputArrived{{.kind = InputKind{kind}, .code = 1, .x = 1, .flags = 0x10001}});
  }
  EXPECT_TRUE(typist.injected.empty());
  EXPECT_GT(typist.host.input_counts().not_granted, 10u);
}

TEST(HostInput, IsNotHeardBeforeTheSessionStreams) {
  HostSession host({.open = true, .clock = SessionClock(kStart, WireTime())}, kStart);
  host.handle(StreamOpened{}, kStart);
  host.handle(InputArrived{kPress}, kStart);
  while (auto output = host.poll()) EXPECT_FALSE(std::holds_alternative<InjectInput>(*output));
}

TEST(HostInput, EndsAtOnceWhenTheOperatorTakesTheGrant) {
  Typist typist;
  typist.tell(InputArrived{kPress});
  typist.tell(AccessChanged{{.grants = grants_of({Grant::pointer}), .until = std::nullopt}});
  ASSERT_EQ(typist.releases.size(), 2u) << "keyboard, gamepad";
  EXPECT_EQ(typist.releases[0], input::Device::keyboard);
  typist.tell(InputArrived{kPress});
  EXPECT_EQ(typist.injected.size(), 1u);
}

TEST(HostInput, IsLetGoOfWhenTheClientFallsSilent) {
  Typist typist;
  typist.tell(InputArrived{kPress});
  typist.run(seconds(5), false);
  ASSERT_EQ(typist.releases.size(), 1u);
  EXPECT_EQ(typist.releases[0], std::nullopt);
  EXPECT_EQ(typist.released_at[0], kStart + input::InputGate::kSilence);
}

TEST(HostInput, StaysHeldWhileTheClientReports) {
  Typist typist;
  typist.tell(InputArrived{kPress});
  typist.run(seconds(60), true);
  EXPECT_TRUE(typist.releases.empty());
  typist.run(input::InputGate::kUnattended, true);
  EXPECT_EQ(typist.releases.size(), 1u) << "but not for ever";
}

TEST(HostInput, HasABoundAndLetsGoWhenItIsPassed) {
  Typist typist;
  for (int i = 0; i < 100'000; ++i) {
    typist.tell(InputArrived{{.kind = i % 2 == 0 ? InputKind::key_down : InputKind::key_up,
                              .code = static_cast<std::uint32_t>('A' + i / 2 % 26)}});
  }
  EXPECT_EQ(typist.injected.size(), input::InputGate::kMaxBurst);
  EXPECT_FALSE(typist.releases.empty());
  EXPECT_EQ(typist.host.input_counts().passed + typist.host.input_counts().too_many, 100'000u);
}

}  // namespace
}  // namespace pf::control
