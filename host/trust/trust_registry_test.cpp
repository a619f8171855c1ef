#include "host/trust/trust_registry.h"

#include <gtest/gtest.h>
#include <sys/select.h>

#include <filesystem>
#include <set>
#include <thread>

#include "core/message/handshake.h"

namespace pf::trust {
namespace {

using message::CloseCode;

constexpr LocalTime kStart(std::chrono::hours(100));
const Endpoint kHome = Endpoint::ipv4({192, 168, 1, 20}, 5000);

Fingerprint print(std::uint8_t number) {
  Fingerprint fingerprint{};
  fingerprint[0] = std::byte{number};
  return fingerprint;
}

Moment at(LocalTime local) { return {local, WireTime(seconds(1'790'000'000) + (local - kStart))}; }

class Registry : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/pf-trust-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
    reopen();
  }
  void TearDown() override {
    trust_.reset();
    std::filesystem::remove_all(folder_);
  }
  void reopen() {
    trust_.reset();
    auto opened = TrustRegistry::open(folder_, rng_);
    ASSERT_TRUE(opened) << opened.error().what;
    trust_ = *std::move(opened);
  }
  // In the way of every save.
  void break_disk() { std::filesystem::create_directory(folder_ + "/paired.json.new"); }
  void pair(std::uint8_t number) {
    const auto armed = trust_->arm_pairing({}, kStart);
    ASSERT_TRUE(trust_->finish_pairing(armed, print(number), "tablet", at(kStart)));
  }

  std::string folder_;
  SeededRng rng_{1};
  std::unique_ptr<TrustRegistry> trust_;
};

TEST_F(Registry, PinsAreFourDigitsAndUniform) {
  std::set<std::string> seen;
  std::array<int, 10> first_digits{};
  for (int i = 0; i < 20'000; ++i) {
    const std::string pin = trust_->arm_pairing({}, kStart).pin;
    ASSERT_EQ(pin.size(), 4u);
    ASSERT_EQ(pin.find_first_not_of("0123456789"), std::string::npos);
    ++first_digits[static_cast<std::size_t>(pin[0] - '0')];
    seen.insert(pin);
  }
  EXPECT_GT(seen.size(), 8'400u);  // 8 647 expected
  for (const int count : first_digits) EXPECT_NEAR(count, 2'000, 200);
}

TEST_F(Registry, NobodyPairsUnlessArmedAndProbingThatIsRateLimited) {
  EXPECT_EQ(trust_->begin_pairing(print(1), kStart).error(), CloseCode::pairing_not_armed);
  trust_->arm_pairing({}, kStart);
  EXPECT_EQ(trust_->begin_pairing(print(1), kStart + milliseconds(1'999)).error(),
            CloseCode::pairing_rate_limited);
  EXPECT_TRUE(trust_->begin_pairing(print(1), kStart + seconds(2)));
  EXPECT_EQ(trust_->begin_pairing(print(2), kStart + seconds(3)).error(),
            CloseCode::pairing_rate_limited)
      << "for everybody";
}

TEST_F(Registry, RefusedAttemptsDoNotKeepOthersOutForEver) {
  trust_->arm_pairing({}, kStart);
  EXPECT_TRUE(trust_->begin_pairing(print(1), kStart));
  for (int i = 1; i < 20; ++i) {
    EXPECT_FALSE(trust_->begin_pairing(print(1), kStart + milliseconds(100 * i)));
  }
  EXPECT_TRUE(trust_->begin_pairing(print(2), kStart + seconds(2)));
}

TEST_F(Registry, AnArmingEndsWithItsTime) {
  const auto armed = trust_->arm_pairing({.lifetime = seconds(60)}, kStart);
  EXPECT_EQ(armed.until, kStart + seconds(60));
  EXPECT_TRUE(trust_->pairing_status(kStart + seconds(59)).armed);
  EXPECT_FALSE(trust_->pairing_status(kStart + seconds(60)).armed);
  EXPECT_EQ(trust_->begin_pairing(print(1), kStart + seconds(60)).error(),
            CloseCode::pairing_not_armed);
}

TEST_F(Registry, AnArmingForOneDeviceIsNoneForOthersAndSurvivesThem) {
  trust_->arm_pairing({.only = print(1)}, kStart);
  EXPECT_EQ(trust_->begin_pairing(print(2), kStart).error(), CloseCode::pairing_other_device);
  EXPECT_TRUE(trust_->begin_pairing(print(1), kStart + seconds(2)));
}

TEST_F(Registry, APinIsGoodForOneGuessAndBurningItSparesANewerOne) {
  const auto first = trust_->arm_pairing({}, kStart);
  ASSERT_TRUE(trust_->begin_pairing(print(1), kStart));
  trust_->burn_pin(first.id);
  EXPECT_FALSE(trust_->pairing_status(kStart).armed);
  const auto second = trust_->arm_pairing({}, kStart);
  trust_->burn_pin(first.id);
  EXPECT_EQ(trust_->pairing_status(kStart).armed->id, second.id);
  trust_->disarm_pairing();
  EXPECT_FALSE(trust_->pairing_status(kStart).armed);
}

TEST_F(Registry, APairedDeviceIsRememberedWithItsAccess) {
  const Access access{.grants = Grants::from_bits(3),
                      .expires_at = WireTime(seconds(1'800'000'000))};
  const auto armed = trust_->arm_pairing({.access = access}, kStart);
  ASSERT_TRUE(trust_->finish_pairing(armed, print(1), " Ann's\x1b[31m tablet ", at(kStart)));
  reopen();
  ASSERT_EQ(trust_->devices().size(), 1u);
  EXPECT_EQ(trust_->devices()[0].name, "Ann's [31m tablet");
  EXPECT_EQ(trust_->devices()[0].paired_at, at(kStart).wall);
  EXPECT_EQ(trust_->access_of(print(1)), access);
  EXPECT_FALSE(trust_->access_of(print(2)));
  EXPECT_FALSE(access.expired(WireTime(seconds(1'799'999'999))));
  EXPECT_TRUE(access.expired(WireTime(seconds(1'800'000'000))));
}

TEST_F(Registry, TheOperatorLearnsWhatCameOfAPin) {
  const auto armed = trust_->arm_pairing({}, kStart);
  EXPECT_FALSE(trust_->pairing_status(kStart).last);
  trust_->pairing_failed({.arming = armed.id,
                          .kind = PairingOutcome::Kind::wrong_pin,
                          .fingerprint = print(1),
                          .name = "tablet"});
  EXPECT_EQ(trust_->pairing_status(kStart).last->kind, PairingOutcome::Kind::wrong_pin);
  const auto again = trust_->arm_pairing({}, kStart);
  ASSERT_TRUE(trust_->finish_pairing(again, print(1), "tablet", at(kStart)));
  EXPECT_EQ(trust_->pairing_status(kStart).last->kind, PairingOutcome::Kind::paired);
  EXPECT_EQ(trust_->pairing_status(kStart).last->arming, again.id);
}

TEST_F(Registry, TheOperatorChangesDevices) {
  pair(1);
  pair(2);
  ASSERT_TRUE(trust_->rename(print(1), "kitchen"));
  ASSERT_TRUE(trust_->set_access(print(1), {.grants = Grants::from_bits(1)}));
  ASSERT_TRUE(trust_->set_play_on(print(1), PlayOn::both));
  ASSERT_TRUE(trust_->unpair(print(2)));
  EXPECT_EQ(trust_->unpair(print(2)).error().kind, ErrorKind::unavailable);
  reopen();
  ASSERT_EQ(trust_->devices().size(), 1u);
  EXPECT_EQ(trust_->devices()[0].name, "kitchen");
  EXPECT_EQ(trust_->devices()[0].access.grants.bits(), 1u);
  EXPECT_EQ(trust_->devices()[0].play_on, PlayOn::both);
  ASSERT_TRUE(trust_->set_play_on(print(1), std::nullopt));
  reopen();
  EXPECT_FALSE(trust_->devices()[0].play_on);
}

TEST_F(Registry, PairingAgainRenewsTheDeviceAndKeepsWhereItIsHeard) {
  pair(1);
  ASSERT_TRUE(trust_->set_play_on(print(1), PlayOn::client));
  const auto armed = trust_->arm_pairing({.access = {.grants = Grants::from_bits(2)}}, kStart);
  ASSERT_TRUE(trust_->finish_pairing(armed, print(1), "new name", at(kStart + seconds(9))));
  ASSERT_EQ(trust_->devices().size(), 1u);
  EXPECT_EQ(trust_->devices()[0].name, "new name");
  EXPECT_EQ(trust_->devices()[0].access.grants.bits(), 2u);
  EXPECT_EQ(trust_->devices()[0].play_on, PlayOn::client);
}

TEST_F(Registry, WhenTheDiskRefusesNothingChanges) {
  pair(1);
  break_disk();
  EXPECT_FALSE(trust_->unpair(print(1)));
  const auto armed = trust_->arm_pairing({}, kStart);
  EXPECT_FALSE(trust_->finish_pairing(armed, print(2), "x", at(kStart)));
  EXPECT_EQ(trust_->pairing_status(kStart).last->kind, PairingOutcome::Kind::not_saved);
  const auto knock = trust_->knock(print(3), "x", kHome, kStart);
  EXPECT_FALSE(trust_->approve(*knock, {}, at(kStart)));
  EXPECT_EQ(trust_->knocks(kStart).size(), 1u) << "to be tried again";
  EXPECT_FALSE(trust_->take_answer(*knock));
  ASSERT_EQ(trust_->devices().size(), 1u);
  EXPECT_TRUE(trust_->access_of(print(1)));
}

TEST_F(Registry, NoMoreDevicesThanTheBound) {
  std::vector<Device> many(kMaxDevices);
  for (std::size_t i = 0; i < many.size(); ++i) {
    many[i].fingerprint[0] = static_cast<std::byte>(i);
    many[i].fingerprint[1] = std::byte{1};
    many[i].name = std::string(message::kMaxDeviceNameBytes, 'n');
  }
  trust_.reset();
  ASSERT_TRUE(PairedStore(folder_ + "/paired.json").save(many));
  reopen();
  const auto armed = trust_->arm_pairing({}, kStart);
  EXPECT_EQ(trust_->finish_pairing(armed, print(9), "x", at(kStart)).error().kind,
            ErrorKind::exhausted);
}

TEST_F(Registry, AMoonlightDeviceIsKnownOverGameStreamOnly) {
  pair(1);
  ASSERT_TRUE(trust_->pair_device(DeviceKind::moonlight, print(2), "tv", {}, at(kStart).wall));
  EXPECT_FALSE(trust_->access_of(print(2)));
  EXPECT_TRUE(trust_->access_of(print(2), DeviceKind::moonlight));
  EXPECT_FALSE(trust_->access_of(print(1), DeviceKind::moonlight));
  const auto both = trust_->pair_device(DeviceKind::moonlight, print(1), "tv", {}, at(kStart).wall);
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().kind, ErrorKind::refused);
  reopen();
  EXPECT_TRUE(trust_->access_of(print(2), DeviceKind::moonlight));
  EXPECT_TRUE(trust_->rename(print(2), "television"));
  EXPECT_TRUE(trust_->unpair(print(2)));
  EXPECT_FALSE(trust_->access_of(print(2), DeviceKind::moonlight));
}

TEST_F(Registry, WritesDownWhoWasSeenWhenItEnds) {
  pair(1);
  trust_->seen(print(1), WireTime(seconds(1'791'000'000)));
  trust_->seen(print(2), WireTime(seconds(1'791'000'000)));
  reopen();
  EXPECT_EQ(trust_->devices()[0].last_seen, WireTime(seconds(1'791'000'000)));
}

TEST_F(Registry, ADamagedListKeepsTheHostFromStarting) {
  pair(1);
  trust_.reset();
  std::filesystem::resize_file(folder_ + "/paired.json", 40);
  EXPECT_EQ(TrustRegistry::open(folder_, rng_).error().kind, ErrorKind::malformed);
}

TEST_F(Registry, AnApprovedKnockIsPairedAndAnswered) {
  const auto id = trust_->knock(print(1), "tablet", kHome, kStart);
  ASSERT_TRUE(id);
  ASSERT_EQ(trust_->knocks(kStart).size(), 1u);
  EXPECT_EQ(trust_->knocks(kStart)[0].name, "tablet");
  EXPECT_FALSE(trust_->take_answer(*id));
  const Access access{.grants = Grants::from_bits(1)};
  ASSERT_TRUE(trust_->approve(*id, access, at(kStart + seconds(5))));
  EXPECT_EQ(trust_->take_answer(*id)->approved, access);
  EXPECT_FALSE(trust_->take_answer(*id)) << "once";
  EXPECT_EQ(trust_->access_of(print(1)), access);
  EXPECT_TRUE(trust_->knocks(kStart).empty());
  EXPECT_EQ(trust_->approve(*id, access, at(kStart)).error().kind, ErrorKind::unavailable);
}

TEST_F(Registry, ADeniedKnockIsAnsweredAndForgotten) {
  const auto id = trust_->knock(print(1), "tablet", kHome, kStart);
  ASSERT_TRUE(trust_->deny(*id, kStart));
  EXPECT_EQ(trust_->take_answer(*id)->refusal, CloseCode::denied);
  EXPECT_FALSE(trust_->access_of(print(1)));
  EXPECT_EQ(trust_->deny(*id, kStart).error().kind, ErrorKind::unavailable);
}

TEST_F(Registry, ANewerKnockOfTheSameDeviceSupersedesTheOlder) {
  const auto older = trust_->knock(print(1), "tablet", kHome, kStart);
  const auto newer = trust_->knock(print(1), "tablet", kHome, kStart + seconds(1));
  EXPECT_EQ(trust_->take_answer(*older)->refusal, CloseCode::superseded);
  EXPECT_EQ(trust_->knocks(kStart + seconds(1)).size(), 1u);
  ASSERT_TRUE(trust_->approve(*newer, {}, at(kStart)));
  EXPECT_FALSE(trust_->take_answer(*older));
  EXPECT_TRUE(trust_->take_answer(*newer)->approved);
}

TEST_F(Registry, PairingByPinLetsTheDevicesKnockIn) {
  const auto id = trust_->knock(print(1), "tablet", kHome, kStart);
  pair(1);
  EXPECT_TRUE(trust_->take_answer(*id)->approved);
}

TEST_F(Registry, AKnockStaysTenMinutesAfterItsConnectionHasGone) {
  const auto id = trust_->knock(print(1), "tablet", kHome, kStart);
  trust_->leave(*id);
  const LocalTime end = kStart + KnockList::kLifetime;
  EXPECT_FALSE(trust_->knocks(end - seconds(1)).at(0).waiting);
  EXPECT_TRUE(trust_->knocks(end).empty());
  EXPECT_FALSE(trust_->approve(*id, {}, at(end)));
  ASSERT_TRUE(trust_->approve(*id, {}, at(end - seconds(1))));
  EXPECT_FALSE(trust_->take_answer(*id)) << "nobody waits";
}

TEST_F(Registry, OneAddressMayKnockWithFourDevices) {
  std::vector<KnockId> ids;
  for (std::uint8_t i = 0; i < KnockList::kMaxKnocksPerAddress; ++i) {
    ids.push_back(*trust_->knock(print(i), "x", kHome.with_port(i), kStart));
  }
  EXPECT_EQ(trust_->knock(print(9), "x", kHome, kStart).error().kind, ErrorKind::exhausted);
  EXPECT_TRUE(trust_->knock(print(9), "x", Endpoint::loopback(1), kStart)) << "others may";
  EXPECT_TRUE(trust_->knock(print(2), "x", kHome, kStart)) << "and one of the four again";
  trust_->leave(ids[1]);
  EXPECT_TRUE(trust_->knock(print(10), "x", kHome, kStart)) << "in place of one that left";
  EXPECT_EQ(trust_->knocks(kStart).size(), 5u);
}

TEST_F(Registry, TheKnockListIsBounded) {
  for (std::uint8_t i = 0; i < KnockList::kMaxKnocks; ++i) {
    ASSERT_TRUE(trust_->knock(print(i), "x", Endpoint::ipv4({10, 0, 0, i}, 1), kStart));
  }
  EXPECT_EQ(trust_->knock(print(99), "x", kHome, kStart).error().kind, ErrorKind::exhausted);
  EXPECT_EQ(trust_->knocks(kStart).size(), KnockList::kMaxKnocks);
}

TEST_F(Registry, EveryChangeRingsTheBells) {
  Doorbell bell;
  trust_->ring_on_change(bell);
  const auto rung = [&] {
    // A readable handle means rung.
    fd_set set;
    FD_ZERO(&set);
    FD_SET(bell.poll_handle(), &set);
    timeval none{};
    const bool heard = select(bell.poll_handle() + 1, &set, nullptr, nullptr, &none) == 1;
    bell.take();
    return heard;
  };
  EXPECT_FALSE(rung());
  const std::uint64_t before = trust_->change_count();
  const auto id = trust_->knock(print(1), "x", kHome, kStart);
  EXPECT_TRUE(rung());
  EXPECT_GT(trust_->change_count(), before);
  ASSERT_TRUE(trust_->approve(*id, {}, at(kStart)));
  EXPECT_TRUE(rung());
  ASSERT_TRUE(trust_->set_access(print(1), {}));
  EXPECT_TRUE(rung());
  trust_->arm_pairing({}, kStart);
  EXPECT_TRUE(rung());
  ASSERT_TRUE(trust_->unpair(print(1)));
  EXPECT_TRUE(rung());
  trust_->stop_ringing(bell);
  trust_->arm_pairing({}, kStart);
  EXPECT_FALSE(rung());
}

TEST_F(Registry, MayBeUsedByManyThreads) {
  std::vector<std::thread> threads;
  for (std::uint8_t number = 1; number <= 4; ++number) {
    threads.emplace_back([this, number] {
      for (int i = 0; i < 4; ++i) {
        const auto id = trust_->knock(print(number), "x", kHome, kStart);
        if (id && trust_->approve(*id, {}, at(kStart))) (void)trust_->take_answer(*id);
        (void)trust_->devices();
        (void)trust_->arm_pairing({}, kStart);
        (void)trust_->unpair(print(number));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(trust_->devices().empty());
  EXPECT_TRUE(trust_->knocks(kStart).empty());
}

}  // namespace
}  // namespace pf::trust
