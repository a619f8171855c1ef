// Both ends' pairing machines against each other, through the real codec, in simulated time, with
// whatever may happen to a message on its way.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "core/control/client_pairing.h"
#include "core/control/host_pairing.h"
#include "core/wire/v1/control_stream.h"

namespace pf::control {
namespace {

using message::CloseCode;
using message::ControlMessage;

crypto::Fingerprint print(std::uint8_t number) {
  crypto::Fingerprint fingerprint{};
  fingerprint.fill(std::byte{number});
  return fingerprint;
}

struct Setting {
  std::string host_pin = "4321";
  std::string client_pin = "4321";
  std::optional<crypto::Fingerprint> client_seen = print(0x11);  // by the host
  crypto::Fingerprint host_seen = print(0x22);                   // by the client
  std::optional<CloseCode> refusal;                              // instead of a PIN
  std::optional<std::string> disk_trouble;
  std::uint64_t seed = 1;
};

class Pairing {
 public:
  explicit Pairing(Setting setting = {})
      : setting_(std::move(setting)),
        rng_(setting_.seed),
        host({.client = setting_.client_seen, .host = print(0x22)}, rng_, now),
        client({.pin = crypto::SecretText(setting_.client_pin),
                .device_name = "Test Device",
                .client = print(0x11),
                .host = setting_.host_seen},
               rng_, now) {}

  // Until nobody has anything to say. Outputs and messages are kept.
  void run() {
    for (bool busy = true; busy;) {
      busy = false;
      while (auto output = client.poll()) {
        busy = true;
        take(*std::move(output));
      }
      while (auto output = host.poll()) {
        busy = true;
        take(*std::move(output));
      }
    }
  }
  void pass(Nanos time) {
    now += time;
    host.handle_timeout(now);
    client.handle_timeout(now);
    run();
  }

  LocalTime now;

 private:
  const Setting setting_;
  SeededRng rng_;

 public:
  HostPairing host;
  ClientPairing client;
  // What a hook gives is what arrives; nothing: lost.
  std::function<std::vector<ControlMessage>(ControlMessage)> to_host, to_client;
  std::vector<ControlMessage> client_sent, host_sent;
  std::optional<ClientPairingOver> client_over;
  std::optional<HostPairingOver> host_over;
  std::optional<Close> client_closed, host_closed;
  std::optional<DeviceProven> proven;
  std::optional<ProofMissing> missing;
  int pins_wanted = 0, pins_burnt = 0;

 private:
  template <class Machine>
  void deliver(const ControlMessage& message, Machine& receiver, wire::v1::ControlStream& stream) {
    stream.read(wire::v1::ControlStream::write(message), [&](wire::v1::ControlStream::Event event) {
      if (auto* read = std::get_if<ControlMessage>(&event)) {
        receiver.handle(std::move(*read), now);
      } else {
        receiver.handle(BrokenHandshake{}, now);
      }
    });
  }

  void take(ClientPairing::Output output) {
    EXPECT_FALSE(client_over) << "silent after the verdict";
    if (auto* sent = std::get_if<SendControl>(&output)) {
      client_sent.push_back(sent->message);
      for (auto& message :
           to_host ? to_host(sent->message) : std::vector<ControlMessage>{sent->message}) {
        deliver(message, host, host_stream_);
      }
    } else if (auto* closed = std::get_if<Close>(&output)) {
      client_closed = *closed;
      host.handle(PeerClosed{closed->code, closed->text}, now);
    } else {
      client_over = std::get<ClientPairingOver>(output);
    }
  }

  void take(HostPairing::Output output) {
    EXPECT_FALSE(host_over) << "silent after the verdict";
    if (auto* sent = std::get_if<SendControl>(&output)) {
      host_sent.push_back(sent->message);
      for (auto& message :
           to_client ? to_client(sent->message) : std::vector<ControlMessage>{sent->message}) {
        deliver(message, client, client_stream_);
      }
    } else if (auto* closed = std::get_if<Close>(&output)) {
      host_closed = *closed;
      client.handle(PeerClosed{closed->code, closed->text}, now);
    } else if (std::holds_alternative<PinWanted>(output)) {
      ++pins_wanted;
      if (setting_.refusal) {
        host.handle(PinRefused{*setting_.refusal}, now);
      } else {
        host.handle(PinGiven{crypto::SecretText(setting_.host_pin)}, now);
      }
    } else if (std::holds_alternative<BurnPin>(output)) {
      ++pins_burnt;
    } else if (auto* good = std::get_if<DeviceProven>(&output)) {
      proven = *good;
      host.handle(DeviceSaved{setting_.disk_trouble}, now);
    } else if (auto* bad = std::get_if<ProofMissing>(&output)) {
      missing = *bad;
    } else {
      host_over = std::get<HostPairingOver>(output);
    }
  }

  wire::v1::ControlStream host_stream_{wire::v1::ControlStream::End::host};
  wire::v1::ControlStream client_stream_{wire::v1::ControlStream::End::client};
};

template <class Message>
bool has(const std::vector<ControlMessage>& messages) {
  return std::any_of(messages.begin(), messages.end(),
                     [](const auto& m) { return std::holds_alternative<Message>(m); });
}

TEST(Pairing, WithTheRightPinBothEndsTrustEachOther) {
  Pairing pairing;
  pairing.run();
  ASSERT_TRUE(pairing.client_over && pairing.host_over);
  EXPECT_EQ(pairing.client_over->end, PairingEnd::paired);
  ASSERT_TRUE(pairing.proven);
  EXPECT_EQ(pairing.proven->name, "Test Device");
  EXPECT_EQ(pairing.pins_burnt, 1);
  EXPECT_EQ(pairing.client_closed->code, CloseCode::done);
  EXPECT_EQ(pairing.host_over->sentence, "paired");
  EXPECT_FALSE(pairing.missing);
}

TEST(Pairing, WithAWrongPinTheClientFindsOutFirstAndSaysNothingMore) {
  Pairing pairing({.client_pin = "4322"});
  pairing.run();
  EXPECT_EQ(pairing.client_over->end, PairingEnd::wrong_pin);
  EXPECT_NE(pairing.client_over->sentence.find("start pairing on the host again"),
            std::string::npos);
  EXPECT_FALSE(has<message::PairProof>(pairing.client_sent));
  EXPECT_EQ(pairing.client_closed->code, CloseCode::internal_error);
  EXPECT_EQ(pairing.pins_burnt, 1) << "the guess is spent";
  ASSERT_TRUE(pairing.missing);
  EXPECT_FALSE(pairing.missing->wrong);
  EXPECT_FALSE(pairing.proven);
}

TEST(Pairing, SomebodyInBetweenWithOtherCertificatesLearnsNothing) {
  Pairing outside({.host_seen = print(0x33)});  // the client sees the impostor's certificate
  outside.run();
  EXPECT_EQ(outside.client_over->end, PairingEnd::wrong_pin);
  EXPECT_FALSE(outside.proven);
  Pairing inside({.client_seen = print(0x33)});  // or the host does
  inside.run();
  EXPECT_EQ(inside.client_over->end, PairingEnd::wrong_pin);
  EXPECT_FALSE(inside.proven);
}

// A client that does not check the host, and guesses.
TEST(Pairing, AGuessedProofIsAnsweredWithNo) {
  Pairing pairing;
  pairing.to_host = [](ControlMessage message) {
    if (auto* proof = std::get_if<message::PairProof>(&message))
      proof->confirmation[7] ^= std::byte{1};
    return std::vector{std::move(message)};
  };
  pairing.run();
  EXPECT_EQ(pairing.client_over->end, PairingEnd::wrong_pin);
  ASSERT_TRUE(has<message::PairResult>(pairing.host_sent));
  EXPECT_TRUE(pairing.missing->wrong);
  EXPECT_FALSE(pairing.proven);
  EXPECT_EQ(pairing.host_over->sentence, "the PIN was wrong");
}

TEST(Pairing, ADeviceWithoutACertificateIsRefusedBeforeAnythingElse) {
  Pairing pairing({.client_seen = std::nullopt});
  pairing.run();
  EXPECT_EQ(pairing.client_over->end, PairingEnd::rejected);
  EXPECT_EQ(pairing.client_over->code, CloseCode::no_identity);
  EXPECT_EQ(pairing.pins_wanted, 0);
}

TEST(Pairing, EveryRefusalReachesTheClient) {
  for (const CloseCode code : {CloseCode::pairing_not_armed, CloseCode::pairing_other_device,
                               CloseCode::pairing_rate_limited}) {
    Pairing pairing({.refusal = code});
    pairing.run();
    EXPECT_EQ(pairing.client_over->end, PairingEnd::rejected);
    EXPECT_EQ(pairing.client_over->code, code);
    EXPECT_EQ(pairing.client_over->sentence, message::sentence(code, ""));
    EXPECT_EQ(pairing.pins_burnt, 0);
    EXPECT_FALSE(has<message::PairChallenge>(pairing.host_sent));
  }
}

TEST(Pairing, AMalformedRequestBurnsNoPin) {
  for (const std::size_t bytes : {0u, 32u, 34u, 33u}) {
    Pairing pairing;
    pairing.to_host = [&](ControlMessage message) {
      if (auto* request = std::get_if<message::PairRequest>(&message)) {
        request->spake.assign(bytes, std::byte{0x41});
        if (bytes == 33) request->spake.assign(33, std::byte{0});  // a point, of low order
        if (bytes == 33) request->spake[0] = std::byte{0x41};
      }
      return std::vector{std::move(message)};
    };
    pairing.run();
    EXPECT_EQ(pairing.host_closed->code, CloseCode::internal_error) << bytes;
    EXPECT_EQ(pairing.pins_burnt, 0);
    EXPECT_FALSE(has<message::PairChallenge>(pairing.host_sent));
    EXPECT_EQ(pairing.client_over->end, PairingEnd::failed);
  }
}

TEST(Pairing, AMalformedChallengeIsNotAnswered) {
  Pairing pairing;
  pairing.to_client = [](ControlMessage message) {
    if (auto* challenge = std::get_if<message::PairChallenge>(&message)) {
      challenge->spake[0] = std::byte{0x41};  // reflected
    }
    return std::vector{std::move(message)};
  };
  pairing.run();
  EXPECT_EQ(pairing.client_over->end, PairingEnd::failed);
  EXPECT_FALSE(has<message::PairProof>(pairing.client_sent));
}

TEST(Pairing, RepeatedMessagesAreIgnored) {
  Pairing pairing;
  pairing.to_host = pairing.to_client = [](ControlMessage message) {
    return std::vector{message, message, message};
  };
  pairing.run();
  EXPECT_EQ(pairing.client_over->end, PairingEnd::paired);
  EXPECT_EQ(pairing.pins_wanted, 1);
  EXPECT_EQ(pairing.pins_burnt, 1);
}

// A second guess on the same connection: right proof after a wrong one.
TEST(Pairing, AWrongProofIsNotForgivenByARightOne) {
  Pairing pairing;
  pairing.to_host = [](ControlMessage message) {
    std::vector<ControlMessage> arriving;
    if (std::holds_alternative<message::PairProof>(message)) {
      arriving.push_back(message::PairProof{});
    }
    arriving.push_back(std::move(message));
    return arriving;
  };
  pairing.run();
  EXPECT_EQ(pairing.client_over->end, PairingEnd::wrong_pin);
  EXPECT_FALSE(pairing.proven);
}

TEST(Pairing, MessagesOutOfOrderAreIgnored) {
  Pairing pairing;
  pairing.to_host = [](ControlMessage message) {
    // A proof before there is a challenge that it could answer, and what a host never gets.
    std::vector<ControlMessage> arriving{std::move(message)};
    if (std::holds_alternative<message::PairRequest>(arriving[0])) {
      arriving.push_back(message::PairProof{});
      arriving.push_back(message::PairResult{true});
      arriving.push_back(message::PairChallenge{});
      arriving.push_back(message::RequestKeyframe{});
    }
    return arriving;
  };
  pairing.to_client = [](ControlMessage message) {
    return std::vector<ControlMessage>{message::PairResult{true}, message::PairProof{},
                                       std::move(message)};
  };
  pairing.run();
  EXPECT_EQ(pairing.client_over->end, PairingEnd::paired);
  EXPECT_EQ(pairing.pins_wanted, 1);
  EXPECT_FALSE(pairing.missing);
}

TEST(Pairing, AResultBeforeTheChallengeConvincesNobody) {
  Pairing pairing;
  pairing.to_client = [](ControlMessage message) {
    if (std::holds_alternative<message::PairChallenge>(message))
      message = message::PairResult{true};
    return std::vector{std::move(message)};
  };
  pairing.run();
  EXPECT_FALSE(pairing.client_over);
  pairing.pass(ClientPairing::kAnswerTimeout);
  EXPECT_EQ(pairing.client_over->end, PairingEnd::failed);
}

// What was recorded in one ceremony is worth nothing in the next one, even with the same PIN.
TEST(Pairing, ARecordedCeremonyCannotBePlayedAgain) {
  Pairing recorded({.seed = 1});
  recorded.run();
  ASSERT_TRUE(recorded.proven);
  Pairing replayed({.seed = 2});
  replayed.to_host = [&, next = std::size_t{0}](ControlMessage) mutable {
    return std::vector{recorded.client_sent.at(next++)};
  };
  replayed.run();
  EXPECT_FALSE(replayed.proven);
}

TEST(Pairing, ADiskThatRefusesIsReportedAndNothingIsPaired) {
  Pairing pairing({.disk_trouble = "cannot write paired.json: no space left on device"});
  pairing.run();
  EXPECT_EQ(pairing.client_over->end, PairingEnd::failed);
  EXPECT_NE(pairing.client_over->sentence.find("no space left"), std::string::npos)
      << pairing.client_over->sentence;
  EXPECT_FALSE(has<message::PairResult>(pairing.host_sent));
}

TEST(Pairing, AClientThatSaysNothingIsDroppedAfterTenSeconds) {
  Pairing pairing;
  pairing.to_host = [](ControlMessage) { return std::vector<ControlMessage>(); };
  pairing.run();
  pairing.pass(HostPairing::kRequestTimeout - milliseconds(1));
  EXPECT_FALSE(pairing.host_over);
  pairing.pass(milliseconds(1));
  EXPECT_TRUE(pairing.host_over);
}

TEST(Pairing, AProofIsWaitedForAMinuteAndThenTheGuessIsSpent) {
  Pairing pairing;
  pairing.to_host = [](ControlMessage message) {
    if (std::holds_alternative<message::PairProof>(message)) return std::vector<ControlMessage>();
    return std::vector{std::move(message)};
  };
  pairing.run();
  ASSERT_EQ(pairing.host.next_timeout(), pairing.now + seconds(60));
  pairing.now += seconds(60);
  pairing.host.handle_timeout(pairing.now);
  pairing.run();
  EXPECT_TRUE(pairing.host_over);
  ASSERT_TRUE(pairing.missing);
  EXPECT_FALSE(pairing.missing->wrong);
}

TEST(Pairing, AClientThatDoesNotCloseIsClosedAfterFiveSeconds) {
  Pairing pairing;
  pairing.to_client = [&](ControlMessage message) {
    if (std::holds_alternative<message::PairResult>(message)) return std::vector<ControlMessage>();
    return std::vector{std::move(message)};
  };
  pairing.run();
  EXPECT_FALSE(pairing.host_over);
  pairing.now += HostPairing::kCloseTimeout;
  pairing.host.handle_timeout(pairing.now);
  pairing.run();
  EXPECT_EQ(pairing.host_closed->code, CloseCode::done);
  EXPECT_EQ(pairing.host_over->sentence, "paired") << "the client may not know it, the host does";
}

TEST(Pairing, AClientWhoseStreamEndsWaitsForTheReason) {
  Pairing pairing;
  pairing.to_client = [](ControlMessage) { return std::vector<ControlMessage>(); };
  pairing.run();
  pairing.client.handle(StreamClosed{}, pairing.now);
  pairing.run();
  EXPECT_FALSE(pairing.client_over);
  pairing.client.handle(PeerClosed{CloseCode::pairing_rate_limited, ""}, pairing.now);
  pairing.run();
  EXPECT_EQ(pairing.client_over->code, CloseCode::pairing_rate_limited);

  Pairing silent;
  silent.to_client = pairing.to_client;
  silent.run();
  silent.client.handle(StreamClosed{}, silent.now);
  silent.pass(ClientPairing::kCloseGrace);
  EXPECT_EQ(silent.client_over->end, PairingEnd::lost);
}

TEST(Pairing, AnOversizedNameIsCutAndStillPairs) {
  SeededRng rng(7);
  ClientPairing client({.pin = crypto::SecretText("1"),
                        .device_name = std::string(63, 'x') + "ü and more",
                        .client = print(1),
                        .host = print(2)},
                       rng, LocalTime());
  const auto sent = std::get<SendControl>(*client.poll());
  EXPECT_EQ(std::get<message::PairRequest>(sent.message).device_name, std::string(63, 'x'));
}

// Loss, repetition and damage in every combination: never a pairing without the PIN, never a
// machine that hangs.
TEST(Pairing, WhateverHappensToMessagesNobodyPairsWithoutThePin) {
  int paired = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SeededRng rng(seed);
    const bool knows_pin = rng.below(2) == 0;
    Pairing pairing({.client_pin = knows_pin ? "4321" : "9999", .seed = seed});
    const auto mangle = [&](ControlMessage message) {
      std::vector<ControlMessage> arriving;
      if (rng.below(8) == 0) arriving.push_back(message::PairResult{true});
      if (rng.below(8) == 0) arriving.push_back(message::PairProof{});
      for (std::uint64_t copies = rng.below(6) == 0 ? rng.below(3) : 1; copies > 0; --copies) {
        arriving.push_back(message);
        if (auto* proof = std::get_if<message::PairProof>(&arriving.back());
            proof != nullptr && rng.below(6) == 0) {
          proof->confirmation[rng.below(32)] ^= std::byte{1};
        }
      }
      return arriving;
    };
    pairing.to_host = pairing.to_client = mangle;
    pairing.run();
    for (int i = 0; i < 8; ++i) pairing.pass(seconds(10));
    EXPECT_TRUE(pairing.host_over && pairing.client_over) << "seed " << seed;
    if (!knows_pin) {
      EXPECT_FALSE(pairing.proven) << "seed " << seed;
      EXPECT_NE(pairing.client_over->end, PairingEnd::paired) << "seed " << seed;
    }
    if (pairing.proven) ++paired;
  }
  EXPECT_GT(paired, 50) << "and it is not that nothing works";
}

}  // namespace
}  // namespace pf::control
