// The native door and real clients over loopback: who is let in, who pairs, who waits. The clients
// ask for a mode that no host has: a device that is told so was let in.
#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <thread>

#include "core/endpoint/client_endpoint.h"
#include "core/endpoint/pair_call.h"
#include "core/runtime/system_clock.h"
#include "host/native/native_door.h"

namespace pf::native {
namespace {

using message::CloseCode;

crypto::Identity make_identity() { return crypto::make_identity(crypto::client_names()).value(); }

class TrustAtTheDoor : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/pf-door-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
    trust_ = trust::TrustRegistry::open(folder_, rng_).value();
    open_door(false);
  }
  void TearDown() override {
    door_.reset();
    trust_.reset();
    std::filesystem::remove_all(folder_);
  }
  void open_door(bool open) {
    door_.reset();
    DoorParams params;
    params.listen = Endpoint::loopback(0);
    params.terms.open = open;
    door_ =
        NativeDoor::open(std::move(params), tls_, *trust_, roster_, board_, clock_, rng_).value();
  }

  auto pair(const crypto::Identity& identity, std::string pin) {
    return endpoint::pair_with_host({.host = door_->address(),
                                     .identity = identity,
                                     .pin = crypto::SecretText(std::move(pin)),
                                     .device_name = "tablet"},
                                    clock_, rng_);
  }
  // Why it ended, which it must.
  endpoint::Ending connect(std::optional<crypto::Identity> identity,
                           std::optional<crypto::Fingerprint> pin = std::nullopt) {
    message::Hello hello;
    hello.mode = {{60'000, 60'000}, {30, 1}};
    hello.codecs = {message::VideoCodec::h264};
    hello.device_name = "tablet";
    const auto client = endpoint::ClientEndpoint::connect({.host = door_->address(),
                                                           .hello = hello,
                                                           .fingerprint = pin,
                                                           .identity = std::move(identity),
                                                           .patience = seconds(30)},
                                                          clock_, rng_);
    EXPECT_FALSE(client) << "there is no such mode";
    return client ? endpoint::Ending{} : client.error();
  }
  std::vector<trust::Knock> wait_for_knocks(std::size_t count) {
    for (int i = 0; i < 3000; ++i) {
      auto knocks = trust_->knocks(clock_.now());
      if (knocks.size() == count && knocks.back().waiting) return knocks;
      std::this_thread::sleep_for(milliseconds(10));
    }
    ADD_FAILURE() << "nobody knocked";
    return {};
  }
  std::string folder_;
  const SystemClock clock_;
  SystemRng rng_;
  HealthBoard board_;
  const crypto::Identity identity_ = crypto::make_identity(crypto::host_names("test")).value();
  const quic::TlsIdentity tls_ =
      quic::TlsIdentity::from_pem(identity_.certificate_pem, identity_.key_pem.reveal()).value();
  std::unique_ptr<trust::TrustRegistry> trust_;
  session::Roster roster_{{}, board_, clock_, [](const session::SessionReport&) {}};
  std::unique_ptr<NativeDoor> door_;
};

TEST_F(TrustAtTheDoor, NobodyPairsUnlessArmed) {
  const auto refused = pair(make_identity(), "0000");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().end, control::PairingEnd::rejected);
  EXPECT_EQ(refused.error().sentence, message::sentence(CloseCode::pairing_not_armed, ""));
}

TEST_F(TrustAtTheDoor, WhoeverComesAfterTheDoorWasOpenedIsLetIn) {
  door_->set_terms({.open = true});
  EXPECT_EQ(connect(make_identity()).code, CloseCode::setup_failed) << "it was let in";
  EXPECT_TRUE(trust_->knocks(clock_.now()).empty());
}

TEST_F(TrustAtTheDoor, APinPairsOnceAndThePairedDeviceIsLetIn) {
  const crypto::Identity tablet = make_identity();
  const auto armed = trust_->arm_pairing({}, clock_.now());
  const auto host = pair(tablet, armed.pin);
  ASSERT_TRUE(host) << host.error().sentence;
  EXPECT_EQ(*host, crypto::fingerprint(identity_.certificate_der));
  ASSERT_EQ(trust_->devices().size(), 1u);
  EXPECT_EQ(trust_->devices()[0].name, "tablet");
  const auto status = trust_->pairing_status(clock_.now());
  EXPECT_EQ(status.last->kind, trust::PairingOutcome::Kind::paired);
  EXPECT_FALSE(status.armed) << "the PIN is used up";

  EXPECT_EQ(connect(tablet, *host).code, CloseCode::setup_failed) << "it was let in";
  EXPECT_EQ(connect(tablet, crypto::Fingerprint{}).cause,
            endpoint::Ending::Cause::wrong_fingerprint);
}

TEST_F(TrustAtTheDoor, AWrongPinSpendsTheArming) {
  const auto armed = trust_->arm_pairing({}, clock_.now());
  const std::string wrong = armed.pin == "1234" ? "4321" : "1234";
  const auto failed = pair(make_identity(), wrong);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().end, control::PairingEnd::wrong_pin);
  EXPECT_FALSE(trust_->pairing_status(clock_.now()).armed);
  EXPECT_TRUE(trust_->devices().empty());
}

// Whoever comes in the same instant gets the rate limit; whoever comes later finds no PIN.
TEST_F(TrustAtTheDoor, OfManyParallelGuessesOneCounts) {
  const auto armed = trust_->arm_pairing({}, clock_.now());
  const std::string wrong = armed.pin == "1234" ? "4321" : "1234";
  std::vector<std::future<control::PairingEnd>> guesses;
  for (int i = 0; i < 6; ++i) {
    guesses.push_back(std::async(std::launch::async, [&] {
      const auto done = pair(make_identity(), wrong);
      return done ? control::PairingEnd::paired : done.error().end;
    }));
  }
  int made = 0;
  for (auto& guess : guesses) {
    const control::PairingEnd end = guess.get();
    EXPECT_NE(end, control::PairingEnd::paired);
    if (end == control::PairingEnd::wrong_pin) ++made;
  }
  EXPECT_EQ(made, 1);
}

TEST_F(TrustAtTheDoor, AStrangerWithoutACertificateIsTurnedAway) {
  const auto ending = connect(std::nullopt);
  EXPECT_EQ(ending.code, CloseCode::no_identity);
}

TEST_F(TrustAtTheDoor, AnOpenHostLetsStrangersIn) {
  open_door(true);
  EXPECT_EQ(connect(std::nullopt).code, CloseCode::setup_failed);
  EXPECT_EQ(connect(make_identity()).code, CloseCode::setup_failed);
}

TEST_F(TrustAtTheDoor, AKnockGoesOnOnceItIsApproved) {
  const crypto::Identity tablet = make_identity();
  auto waiting = std::async(std::launch::async, [&] { return connect(tablet); });
  const auto knocks = wait_for_knocks(1);
  ASSERT_EQ(knocks.size(), 1u);
  EXPECT_EQ(knocks[0].name, "tablet");
  EXPECT_EQ(knocks[0].fingerprint, crypto::fingerprint(tablet.certificate_der));
  EXPECT_TRUE(roster_.sessions().empty()) << "takes no place meanwhile";
  ASSERT_TRUE(trust_->approve(knocks[0].id, {}, trust::moment_now(clock_)));
  EXPECT_EQ(waiting.get().code, CloseCode::setup_failed);
  EXPECT_EQ(connect(tablet).code, CloseCode::setup_failed) << "and needs not ask again";
}

TEST_F(TrustAtTheDoor, AKnockIsDeniedOrSuperseded) {
  const crypto::Identity tablet = make_identity();
  auto older = std::async(std::launch::async, [&] { return connect(tablet); });
  const auto first = wait_for_knocks(1);
  auto newer = std::async(std::launch::async, [&] { return connect(tablet); });
  EXPECT_EQ(older.get().code, CloseCode::superseded);
  const auto second = wait_for_knocks(1);
  ASSERT_FALSE(first.empty() || second.empty());
  EXPECT_NE(first[0].id, second[0].id);
  ASSERT_TRUE(trust_->deny(second[0].id, clock_.now()));
  EXPECT_EQ(newer.get().code, CloseCode::denied);
  EXPECT_TRUE(trust_->knocks(clock_.now()).empty());
}

}  // namespace
}  // namespace pf::native
