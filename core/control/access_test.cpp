// Who is let in, who waits for it, and what happens when access changes or ends.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/control/access_watch.h"
#include "core/control/host_session.h"

namespace pf::control {
namespace {

using message::CloseCode;
using message::Grants;

constexpr LocalTime kStart{Nanos(seconds(1'000))};

class Guarded {
 public:
  explicit Guarded(bool paired, AccessTerms terms = {})
      : host({.has_identity = true,
              .paired = paired,
              .grants = terms.grants,
              .access_until = terms.until,
              .clock = SessionClock(kStart, WireTime())},
             kStart) {
    host.handle(StreamOpened{}, now);
  }

  void hello(std::optional<std::string> launch = std::nullopt) {
    message::Hello hello;
    hello.device_name = "tablet";
    hello.launch_id = std::move(launch);
    tell(message::ControlMessage(hello));
  }
  void stream() {
    tell(PlanReady{});
    tell(message::ControlMessage(message::Start{}));
    ASSERT_TRUE(host.streaming());
  }
  void tell(HostSession::Input input) {
    host.handle(std::move(input), now);
    drain();
  }
  // Wakes the machine whenever it wants, as a driver does.
  void run(Nanos length) {
    const LocalTime end = now + length;
    for (auto due = host.next_timeout(); due && *due <= end; due = host.next_timeout()) {
      ASSERT_GE(*due, now);
      now = *due;
      host.handle_timeout(now);
      drain();
    }
    now = end;
  }
  template <class Wanted>
  int count() const {
    return static_cast<int>(std::count_if(said.begin(), said.end(), [](const auto& output) {
      return std::holds_alternative<Wanted>(output);
    }));
  }
  template <class Message>
  std::vector<Message> sent() const {
    std::vector<Message> found;
    for (const auto& output : said) {
      if (const auto* send = std::get_if<SendControl>(&output)) {
        if (const auto* message = std::get_if<Message>(&send->message)) found.push_back(*message);
      }
    }
    return found;
  }
  std::optional<CloseCode> closed() const {
    for (const auto& output : said) {
      if (const auto* close = std::get_if<Close>(&output)) return close->code;
    }
    return std::nullopt;
  }

  LocalTime now = kStart;
  HostSession host;
  std::vector<HostSession::Output> said;

 private:
  void drain() {
    while (auto output = host.poll()) {
      const bool stop = std::holds_alternative<StopMedia>(*output);
      said.push_back(*std::move(output));
      if (stop) host.handle(MediaStopped{}, now);
    }
  }
};

TEST(Approval, AnUnknownDeviceWaitsAndTakesNoPlace) {
  Guarded guarded(false);
  guarded.hello();
  EXPECT_EQ(guarded.count<ApprovalWanted>(), 1);
  guarded.run(HostSession::kApprovalTimeout - milliseconds(1));
  EXPECT_EQ(guarded.count<PlanWanted>(), 0);
  EXPECT_FALSE(guarded.host.over());
}

TEST(Approval, AfterAYesTheSessionGoesOnWithTheGrantsGiven) {
  Guarded guarded(false);
  guarded.hello();
  guarded.run(seconds(170));
  guarded.tell(Approved{{.grants = Grants::from_bits(3), .until = guarded.now + seconds(90)}});
  EXPECT_EQ(guarded.count<PlanWanted>(), 1);
  guarded.run(seconds(9));
  EXPECT_FALSE(guarded.host.over()) << "the wait does not count for the negotiation";
  guarded.stream();
  const auto welcome = guarded.sent<message::Welcome>();
  ASSERT_EQ(welcome.size(), 1u);
  EXPECT_EQ(welcome[0].grants.bits(), 3u);
  EXPECT_EQ(welcome[0].access_expires_in, seconds(81));
}

TEST(Approval, ANoNamesItsCode) {
  for (const CloseCode code : {CloseCode::denied, CloseCode::superseded, CloseCode::busy}) {
    Guarded guarded(false);
    guarded.hello();
    guarded.tell(ApprovalRefused{code, ""});
    EXPECT_EQ(guarded.closed(), code);
    EXPECT_TRUE(guarded.host.over());
  }
}

TEST(Approval, EndsAfterThreeMinutes) {
  Guarded guarded(false);
  guarded.hello();
  guarded.run(HostSession::kApprovalTimeout);
  EXPECT_EQ(guarded.closed(), CloseCode::approval_timed_out);
}

TEST(Approval, ComingTooLateOrUnaskedMeansNothing) {
  Guarded early(false);
  early.tell(Approved{});
  EXPECT_EQ(early.count<PlanWanted>(), 0);
  early.hello();
  EXPECT_EQ(early.count<ApprovalWanted>(), 1);

  Guarded twice(false);
  twice.hello();
  twice.tell(Approved{});
  twice.tell(Approved{});
  twice.tell(ApprovalRefused{});
  EXPECT_EQ(twice.count<PlanWanted>(), 1);
  EXPECT_FALSE(twice.host.over());
}

TEST(Approval, MessagesOfAWaitingClientAreIgnored) {
  Guarded guarded(false);
  guarded.hello();
  guarded.hello();
  guarded.tell(message::ControlMessage(message::Start{}));
  guarded.tell(message::ControlMessage(message::PairRequest{}));
  EXPECT_EQ(guarded.count<ApprovalWanted>(), 1);
  EXPECT_EQ(guarded.count<PairingWanted>(), 0);
  EXPECT_FALSE(guarded.host.over());
}

TEST(Approval, TheLaunchGrantIsCheckedAfterIt) {
  Guarded guarded(false);
  guarded.hello("steam:570");
  guarded.tell(Approved{{.grants = Grants::from_bits(0x1F)}});
  EXPECT_EQ(guarded.closed(), CloseCode::launch_not_permitted);
}

TEST(Approval, AClientThatWantsToPairIsHandedOver) {
  Guarded guarded(false);
  guarded.tell(message::ControlMessage(message::PairRequest{.device_name = "tablet"}));
  EXPECT_EQ(guarded.count<PairingWanted>(), 1);
  EXPECT_TRUE(guarded.host.over());
  EXPECT_FALSE(guarded.closed()) << "the connection stays";
}

TEST(Access, OfAPairedDeviceThatHasExpiredIsAskedForAnew) {
  Guarded guarded(true, {.until = kStart});
  guarded.hello();
  EXPECT_EQ(guarded.count<ApprovalWanted>(), 1);
  EXPECT_EQ(guarded.count<PlanWanted>(), 0);
  guarded.tell(Approved{{.until = guarded.now}});
  EXPECT_EQ(guarded.closed(), CloseCode::access_ended) << "renewed, but not long enough";
}

TEST(Access, TheClientIsWarnedFiveMinutesAndOneMinuteBeforeItsEnd) {
  Guarded guarded(true, {.grants = Grants::from_bits(7), .until = kStart + seconds(600)});
  guarded.hello();
  guarded.stream();
  guarded.run(seconds(299));
  EXPECT_TRUE(guarded.sent<message::AccessUpdate>().empty());
  guarded.run(seconds(300));
  const auto updates = guarded.sent<message::AccessUpdate>();
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[0], (message::AccessUpdate{Grants::from_bits(7), seconds(300)}));
  EXPECT_EQ(updates[1], (message::AccessUpdate{Grants::from_bits(7), seconds(60)}));
  EXPECT_FALSE(guarded.closed());
  guarded.run(seconds(1));
  EXPECT_EQ(guarded.closed(), CloseCode::access_ended);
  EXPECT_EQ(guarded.count<StopMedia>(), 1);
}

TEST(Access, ThatIsShorterThanAWarningJustEnds) {
  Guarded guarded(true, {.until = kStart + seconds(30)});
  guarded.hello();
  guarded.stream();
  guarded.run(seconds(30));
  EXPECT_TRUE(guarded.sent<message::AccessUpdate>().empty());
  EXPECT_EQ(guarded.closed(), CloseCode::access_ended);
}

TEST(Access, AChangeIsToldAndMovesTheEnd) {
  Guarded guarded(true);
  guarded.hello();
  guarded.stream();
  guarded.tell(AccessChanged{{.grants = Grants::from_bits(1), .until = kStart + seconds(120)}});
  guarded.tell(AccessChanged{{.grants = Grants::from_bits(2), .until = kStart + seconds(400)}});
  auto updates = guarded.sent<message::AccessUpdate>();
  ASSERT_EQ(updates.size(), 2u);
  EXPECT_EQ(updates[1], (message::AccessUpdate{Grants::from_bits(2), seconds(400)}));
  guarded.run(seconds(150));
  EXPECT_EQ(guarded.sent<message::AccessUpdate>().size(), 3u) << "and the warning at 300 s";
  EXPECT_FALSE(guarded.closed());
  guarded.tell(AccessChanged{{.until = std::nullopt}});
  EXPECT_EQ(guarded.sent<message::AccessUpdate>().back().remaining, seconds(0));
  guarded.run(std::chrono::hours(5));
  EXPECT_FALSE(guarded.closed());
}

TEST(Access, AllowsWhatIsGrantedNowAndOnlyWhileItStreams) {
  constexpr auto kMicrophone = message::Grant::microphone;
  const Grants only_microphone = Grants::from_bits(1U << static_cast<unsigned>(kMicrophone));
  Guarded guarded(true, {.grants = only_microphone});
  guarded.hello();
  EXPECT_FALSE(guarded.host.allows(kMicrophone));
  guarded.stream();
  EXPECT_TRUE(guarded.host.allows(kMicrophone));
  EXPECT_FALSE(guarded.host.allows(message::Grant::keyboard));
  guarded.tell(AccessChanged{{.grants = Grants::from_bits(0)}});
  EXPECT_FALSE(guarded.host.allows(kMicrophone));
}

TEST(Access, AChangeIntoThePastEndsTheSession) {
  Guarded guarded(true);
  guarded.hello();
  guarded.stream();
  guarded.tell(AccessChanged{{.until = kStart}});
  EXPECT_EQ(guarded.closed(), CloseCode::access_ended);
}

TEST(Access, UnpairingEndsTheSessionInEveryPhase) {
  Guarded streaming(true);
  streaming.hello();
  streaming.stream();
  streaming.tell(AccessRevoked{});
  EXPECT_EQ(streaming.closed(), CloseCode::access_ended);
  Guarded planning(true);
  planning.hello();
  planning.tell(AccessRevoked{});
  EXPECT_EQ(planning.closed(), CloseCode::access_ended);
  Guarded silent(true);
  silent.tell(AccessRevoked{});
  EXPECT_EQ(silent.closed(), CloseCode::access_ended);
}

TEST(Access, ADeviceThatIsPairedWhileItConnectsNeedNotWait) {
  Guarded guarded(false);
  guarded.tell(AccessChanged{{.grants = Grants::from_bits(1)}});
  guarded.hello();
  EXPECT_EQ(guarded.count<PlanWanted>(), 1);
}

TEST(AccessWatch, RoundsWhatIsLeftUpSoThatZeroMeansNever) {
  const AccessWatch watch({.until = kStart + milliseconds(1)});
  EXPECT_EQ(watch.remaining(kStart), seconds(1));
  EXPECT_EQ(AccessWatch({}).remaining(kStart), seconds(0));
  EXPECT_FALSE(AccessWatch({}).next_after(kStart));
}

}  // namespace
}  // namespace pf::control
