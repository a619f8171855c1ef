#include <gtest/gtest.h>

#include "core/base/hex.h"
#include "core/quic/connection.h"
#include "core/quic/world_testing.h"

namespace pf::quic {
namespace {

using testing::KeyKind;
using testing::make_identity;
using testing::World;

std::vector<std::byte> pattern(std::size_t count) {
  std::vector<std::byte> bytes(count);
  for (std::size_t i = 0; i < count; ++i)
    bytes[i] = static_cast<std::byte>((i * 31 + i / 251) & 0xFF);
  return bytes;
}

std::vector<std::byte> text(std::string_view words) {
  return {as_bytes(words).begin(), as_bytes(words).end()};
}

TEST(Quic, BothEndsLearnEachOthersFingerprint) {
  World world;
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({.pin = world.server_identity.fingerprint()}, identity);
  ASSERT_TRUE(world.connect(client));
  EXPECT_EQ(client.seen.connected->peer, world.server_identity.fingerprint());
  EXPECT_EQ(client.seen.connected->protocol, "pkf1");
  EXPECT_EQ(world.host().connected->peer, identity.fingerprint());
  EXPECT_EQ(world.host().connected->protocol, "pkf1");
  EXPECT_EQ(world.host().connected->remote, client.local);
}

TEST(Quic, AcceptsRsaIdentities) {
  World world;
  const TlsIdentity identity = make_identity(KeyKind::rsa_2048);
  auto& client = world.dial({}, identity);
  ASSERT_TRUE(world.connect(client));
  EXPECT_EQ(world.host().connected->peer, identity.fingerprint());
}

// Those of the reference have no such extension; one that allows signing is as good.
TEST(Quic, ACertificateNeedsNoKeyUsage) {
  for (const unsigned usage : {0u, unsigned{GNUTLS_KEY_DIGITAL_SIGNATURE}}) {
    World world;
    const TlsIdentity identity = make_identity(KeyKind::ecdsa_p256, usage);
    auto& client = world.dial({}, identity);
    ASSERT_TRUE(world.connect(client)) << usage;
    EXPECT_EQ(world.host().connected->peer, identity.fingerprint());
  }
}

TEST(Quic, ACertificateThatForbidsSigningEndsInAClearRefusal) {
  World world;
  const TlsIdentity identity = make_identity(KeyKind::ecdsa_p256, GNUTLS_KEY_CRL_SIGN);
  auto& client = world.dial({}, identity);
  world.run(seconds(20));
  ASSERT_TRUE(client.seen.closed);
  EXPECT_TRUE(world.host_seen.empty());
  EXPECT_EQ(world.server.connection_count(), 0u);
}

TEST(Quic, AClientNeedsNoCertificate) {
  World world;
  const TlsIdentity anonymous = TlsIdentity::anonymous();
  auto& client = world.dial({}, anonymous);
  ASSERT_TRUE(world.connect(client));
  EXPECT_FALSE(world.host().connected->peer);
  EXPECT_TRUE(client.quic.connected());
}

TEST(Quic, AClientRefusesAHostWithAnotherCertificateThanThePinnedOne) {
  World world;
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({.pin = identity.fingerprint()}, identity);
  world.run(seconds(20), [&] { return client.seen.closed.has_value(); });
  ASSERT_TRUE(client.seen.closed);
  EXPECT_EQ(client.seen.closed->cause, CloseCause::wrong_identity);
  EXPECT_FALSE(client.seen.connected);
  world.run(seconds(20));
  EXPECT_TRUE(world.host_seen.empty());
  EXPECT_EQ(world.server.connection_count(), 0u);
  EXPECT_EQ(world.server.counters().failed_handshakes, 1u);
}

TEST(Quic, EndsWithoutACommonProtocolSaySo) {
  World world;
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({.transport = {.protocols = {"pkf9"}}}, identity);
  world.run(seconds(20), [&] { return client.seen.closed.has_value(); });
  ASSERT_TRUE(client.seen.closed);
  EXPECT_EQ(client.seen.closed->cause, CloseCause::no_common_protocol);
  world.run(seconds(20));
  EXPECT_EQ(world.server.connection_count(), 0u);
}

TEST(Quic, TheHostsFirstProtocolWins) {
  World world({.protocols = {"pkf2", "pkf1"}});
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({.transport = {.protocols = {"pkf1", "pkf2"}}}, identity);
  ASSERT_TRUE(world.connect(client));
  EXPECT_EQ(client.seen.connected->protocol, "pkf2");
}

TEST(Quic, CarriesAStreamBothWaysOverALossyNetwork) {
  World world;
  world.loss = 0.05;
  world.jitter_ns = 3'000'000;
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({}, identity);
  ASSERT_TRUE(world.connect(client));
  const auto up = pattern(200'000);
  const auto down = pattern(150'000);
  ASSERT_TRUE(client.quic.write_stream(up, world.now));
  ASSERT_TRUE(world.run(seconds(30), [&] { return !world.host().stream.empty(); }));
  ASSERT_TRUE(world.server.write_stream(world.last_handle, down, world.now));
  EXPECT_TRUE(world.run(seconds(60), [&] {
    return world.host().stream.size() == up.size() && client.seen.stream.size() == down.size();
  }));
  EXPECT_EQ(world.host().stream, up);
  EXPECT_EQ(client.seen.stream, down);
}

TEST(Quic, RefusesMoreStreamBytesThanItWillHold) {
  World world;
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({}, identity);
  EXPECT_FALSE(client.quic.write_stream(pattern(1), world.now)) << "not connected yet";
  ASSERT_TRUE(world.connect(client));
  world.server_deaf = true;
  ASSERT_TRUE(client.quic.write_stream(pattern(kMaxStreamSendBytes), world.now));
  EXPECT_FALSE(client.quic.write_stream(pattern(1), world.now));
}

TEST(Quic, ConnectsWithinTwoRoundTripsOnANearPath) {
  World world;
  world.delay = microseconds(200);
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({}, identity);
  EXPECT_TRUE(world.run(milliseconds(1), [&] {
    return client.seen.connected.has_value() && !world.host_seen.empty();
  }));
}

TEST(Quic, CarriesDatagramsBothWays) {
  World world;
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({}, identity);
  ASSERT_TRUE(world.connect(client));
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(client.quic.send_datagram(text("up " + std::to_string(i)), world.now));
    ASSERT_TRUE(world.server.send_datagram(world.last_handle, text("down"), world.now));
    world.run(milliseconds(1));
  }
  world.run(seconds(1));
  ASSERT_EQ(world.host().datagrams.size(), 100u);
  EXPECT_EQ(world.host().datagrams[99], text("up 99"));
  EXPECT_EQ(client.seen.datagrams.size(), 100u);
}

TEST(Quic, DropsTheOldestDatagramsWhenTheQueueIsFull) {
  World world;
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({}, identity);
  ASSERT_TRUE(world.connect(client));
  for (int i = 0; i < 50; ++i) {
    std::vector<std::byte> datagram(1000, static_cast<std::byte>(i));
    ASSERT_TRUE(client.quic.send_datagram(datagram, world.now));
  }
  world.run(seconds(1));
  ASSERT_EQ(world.host().datagrams.size(), kDatagramSendBytes / 1000);
  EXPECT_EQ(world.host().datagrams.back()[0], std::byte{49});
}

TEST(Quic, TellsWhatBecameOfNumberedDatagrams) {
  World world;
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({}, identity);
  ASSERT_TRUE(world.connect(client));
  ASSERT_TRUE(client.quic.send_datagram(text("not numbered"), world.now));
  for (std::uint64_t number = 1; number <= 20; ++number) {
    world.loss = number == 5 ? 1 : 0;
    ASSERT_TRUE(client.quic.send_datagram(text("up"), world.now, number));
    world.run(milliseconds(20));
  }
  world.run(seconds(1));
  EXPECT_EQ(client.seen.lost, (std::vector<std::uint64_t>{5}));
  EXPECT_EQ(client.seen.acknowledged.size(), 19u);
  EXPECT_EQ(std::count(client.seen.acknowledged.begin(), client.seen.acknowledged.end(), 5), 0);
}

// A mouse: a datagram each millisecond, which needs no answer each.
TEST(Quic, AcknowledgesDatagramsTogetherAndWithin10Ms) {
  World world;
  world.delay = microseconds(100);
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({}, identity);
  ASSERT_TRUE(world.connect(client));
  world.run(seconds(2));  // the path's size has been found
  int answers = 0;
  world.tap = [&](const Endpoint& from, const std::vector<std::byte>&) {
    if (from == world.server_address) ++answers;
  };
  for (std::uint64_t number = 1; number <= 100; ++number) {
    ASSERT_TRUE(client.quic.send_datagram(text("moved"), world.now, number));
    world.run(milliseconds(1));
    EXPECT_LE(number - client.seen.acknowledged.size(), 11u);
  }
  world.run(milliseconds(11));
  EXPECT_EQ(client.seen.acknowledged.size(), 100u);
  EXPECT_LE(answers, 11);
}

TEST(Quic, AcknowledgesAtOnceWhatIsWaitedFor) {
  World world;
  world.delay = microseconds(100);
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({}, identity);
  ASSERT_TRUE(world.connect(client));
  world.run(seconds(2));
  ASSERT_TRUE(client.quic.send_datagram(text("pressed"), world.now, 1));
  ASSERT_TRUE(world.run(milliseconds(1), [&] { return !world.host().datagrams.empty(); }));
  EXPECT_TRUE(client.seen.acknowledged.empty());
  world.server.acknowledge_now(world.last_handle);
  world.run(milliseconds(2));
  EXPECT_EQ(client.seen.acknowledged.size(), 1u);
}

TEST(Quic, CallsANumberedDatagramLostThatNewerOnesPushedOut) {
  World world;
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({}, identity);
  ASSERT_TRUE(world.connect(client));
  constexpr std::uint64_t kFit = kDatagramSendBytes / 1000;
  for (std::uint64_t number = 1; number <= kFit + 1; ++number) {
    ASSERT_TRUE(client.quic.send_datagram(pattern(1000), world.now, number));
  }
  EXPECT_TRUE(client.quic.datagrams_wait());
  world.run(seconds(1));
  EXPECT_FALSE(client.quic.datagrams_wait());
  EXPECT_EQ(client.seen.lost, (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(client.seen.acknowledged.size(), kFit);
}

TEST(Quic, FindsThePathsSizeAndRefusesLargerDatagrams) {
  World world;
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({}, identity);
  EXPECT_EQ(client.quic.max_datagram_bytes(), 0u);
  ASSERT_TRUE(world.connect(client));
  EXPECT_GE(client.quic.max_datagram_bytes(), 1100u);
  world.run(seconds(2));
  const std::size_t largest = client.quic.max_datagram_bytes();
  EXPECT_GE(largest, 1400u);
  EXPECT_TRUE(client.quic.send_datagram(pattern(largest), world.now));
  EXPECT_FALSE(client.quic.send_datagram(pattern(largest + 1), world.now));
  world.run(seconds(1));
  ASSERT_EQ(world.host().datagrams.size(), 1u);
  EXPECT_EQ(world.host().datagrams[0], pattern(largest));
}

TEST(Quic, ClosesWithCodeAndTextFromTheClient) {
  World world;
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({}, identity);
  ASSERT_TRUE(world.connect(client));
  client.quic.close(0x51, "user quit", world.now);
  EXPECT_FALSE(client.quic.write_stream(pattern(1), world.now));
  world.run(seconds(1));
  ASSERT_TRUE(world.host().closed);
  EXPECT_EQ(world.host().closed->cause, CloseCause::peer);
  EXPECT_EQ(world.host().closed->code, 0x51u);
  EXPECT_EQ(world.host().closed->reason, "user quit");
  world.run(seconds(20));
  EXPECT_EQ(world.server.connection_count(), 0u);
  EXPECT_FALSE(client.quic.next_timeout()) << "nothing is left to wait for";
}

TEST(Quic, ClosesWithCodeAndTextFromTheHost) {
  World world;
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({}, identity);
  ASSERT_TRUE(world.connect(client));
  ASSERT_TRUE(client.quic.write_stream(text("hello"), world.now));
  world.run(milliseconds(50));
  world.server.close(world.last_handle, 0x68, std::string(1000, 'x'), world.now);
  EXPECT_FALSE(world.server.write_stream(world.last_handle, text("late"), world.now));
  world.run(seconds(1));
  ASSERT_TRUE(client.seen.closed);
  EXPECT_EQ(client.seen.closed->cause, CloseCause::peer);
  EXPECT_EQ(client.seen.closed->code, 0x68u);
  EXPECT_EQ(client.seen.closed->reason, std::string(256, 'x')) << "cut to its bound";
  world.run(seconds(20));
  EXPECT_EQ(world.server.connection_count(), 0u);
}

TEST(Quic, ACloseReachesThePeerAlthoughItsPacketWasLost) {
  World world;
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({}, identity);
  ASSERT_TRUE(world.connect(client));
  world.run(seconds(1));
  world.loss = 1;
  world.server.close(world.last_handle, 0x52, "", world.now);
  world.run(milliseconds(1));
  world.loss = 0;
  ASSERT_TRUE(client.quic.write_stream(text("are you there?"), world.now));
  world.run(seconds(1));
  ASSERT_TRUE(client.seen.closed);
  EXPECT_EQ(client.seen.closed->code, 0x52u);
}

TEST(Quic, AProbeThatConnectsAndLeavesIsNormal) {
  World world;
  const TlsIdentity anonymous = TlsIdentity::anonymous();
  auto& client = world.dial({}, anonymous);
  ASSERT_TRUE(world.connect(client));
  client.quic.close(0, "", world.now);
  world.run(seconds(1));
  EXPECT_TRUE(world.host().stream.empty());
  ASSERT_TRUE(world.host().closed);
  EXPECT_EQ(world.host().closed->cause, CloseCause::peer);
  EXPECT_EQ(world.host().closed->code, 0u);
}

TEST(Quic, KeepsAnIdleConnectionAliveAndNoticesADeadOne) {
  World world;
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({}, identity);
  ASSERT_TRUE(world.connect(client));
  world.run(seconds(60));
  EXPECT_FALSE(client.seen.closed);
  EXPECT_FALSE(world.host().closed);
  const LocalTime silent_since = world.now;
  world.loss = 1;
  EXPECT_TRUE(world.run(seconds(60), [&] { return client.seen.closed && world.host().closed; }));
  EXPECT_EQ(client.seen.closed->cause, CloseCause::timed_out);
  EXPECT_EQ(world.host().closed->cause, CloseCause::timed_out);
  EXPECT_LE(world.now - silent_since, seconds(13));
  world.run(seconds(1));
  EXPECT_EQ(world.server.connection_count(), 0u);
}

TEST(Quic, AnAbsentHostGivesNoAnswer) {
  World world;
  world.server_deaf = true;
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({.transport = {.handshake_timeout = seconds(3)}}, identity);
  EXPECT_TRUE(world.run(seconds(10), [&] { return client.seen.closed.has_value(); }));
  EXPECT_EQ(client.seen.closed->cause, CloseCause::no_answer);
  EXPECT_LE(world.now, LocalTime(seconds(4)));
}

TEST(Quic, ExportsTheSameKeyAtBothEndsOfAConnectionOnly) {
  World world;
  const TlsIdentity identity = make_identity();
  std::array<std::byte, 32> first{}, here{}, there{}, other{};
  auto& client = world.dial({}, identity);
  EXPECT_FALSE(client.quic.export_key("pf media", {}, first));
  ASSERT_TRUE(world.connect(client));
  ASSERT_TRUE(client.quic.export_key("pf media", text("up"), here));
  ASSERT_TRUE(world.server.export_key(world.last_handle, "pf media", text("up"), there));
  EXPECT_EQ(here, there);
  ASSERT_TRUE(client.quic.export_key("pf media", text("down"), other));
  EXPECT_NE(here, other);
}

TEST(Quic, HandshakesSurviveHeavyLoss) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    World world({}, seed);
    world.loss = 0.3;
    const TlsIdentity identity = make_identity();
    auto& client = world.dial({}, identity);
    EXPECT_TRUE(world.connect(client) || client.seen.closed) << seed;
  }
}

TEST(QuicServer, IgnoresGarbageAndReplays) {
  World world;
  const TlsIdentity identity = make_identity();
  std::vector<std::pair<Endpoint, std::vector<std::byte>>> recorded;
  world.tap = [&](const Endpoint& from, const std::vector<std::byte>& bytes) {
    if (from != world.server_address) recorded.emplace_back(from, bytes);
  };
  auto& client = world.dial({}, identity);
  ASSERT_TRUE(world.connect(client));
  ASSERT_TRUE(client.quic.write_stream(text("once"), world.now));
  world.run(seconds(1));
  world.tap = nullptr;
  const std::size_t connections = world.server.connection_count();
  for (const auto& [from, bytes] : recorded) {
    world.server.handle({from, world.server_address, bytes}, world.now);
    auto damaged = bytes;
    damaged[damaged.size() / 2] ^= std::byte{0x40};
    world.server.handle({from, world.server_address, damaged}, world.now);
    world.server.handle({from, world.server_address, Bytes(bytes).first(bytes.size() / 3)},
                        world.now);
  }
  for (std::size_t size : {0, 1, 7, 20, 100, 1200, 1472, 9000}) {
    std::vector<std::byte> noise(size);
    world.rng.fill(noise);
    world.server.handle({client.local, world.server_address, noise}, world.now);
  }
  world.run(seconds(1));
  EXPECT_EQ(world.host().stream, text("once"));
  EXPECT_FALSE(client.seen.closed);
  // A replayed first packet looks like a newcomer until his handshake times out.
  world.run(seconds(15));
  EXPECT_EQ(world.server.connection_count(), connections);
  ASSERT_TRUE(client.quic.write_stream(text(" more"), world.now));
  world.run(seconds(1));
  EXPECT_EQ(world.host().stream, text("once more"));
}

std::vector<std::byte> initial_packet(World& world) {
  std::vector<std::byte> first;
  world.tap = [&](const Endpoint&, const std::vector<std::byte>& bytes) {
    if (first.empty()) first = bytes;
  };
  const TlsIdentity anonymous = TlsIdentity::anonymous();
  world.dial({}, anonymous);
  world.tap = nullptr;
  world.clients.clear();
  return first;
}

TEST(QuicServer, AThousandGarbledFirstPacketsStayBounded) {
  World world;
  const std::vector<std::byte> first = initial_packet(world);
  ASSERT_GE(first.size(), 1200u);
  for (int i = 0; i < 1000; ++i) {
    auto packet = first;
    world.rng.fill(std::span(packet).subspan(6, 8));  // the connection id, so that the keys differ
    world.rng.fill(std::span(packet).subspan(200, 64));
    const Endpoint from = Endpoint::ipv4(
        {10, 1, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i & 0xFF)}, 5000);
    world.server.handle({from, world.server_address, packet}, world.now);
    world.flush();
    ASSERT_LE(world.server.connection_count(), QuicServer::kMaxHandshakes);
  }
  world.run(seconds(30));
  EXPECT_EQ(world.server.connection_count(), 0u);
  EXPECT_TRUE(world.host_seen.empty());
}

TEST(QuicServer, AsksForProofOfAddressWhenManyHandshakesHang) {
  World world;
  const std::vector<std::byte> first = initial_packet(world);
  // Strangers who never go on, each from his own (forged) address, with valid first packets.
  std::vector<std::vector<std::byte>> packets;
  for (std::uint8_t i = 0; i < 40; ++i) {
    const TlsIdentity anonymous = TlsIdentity::anonymous();
    std::vector<std::byte> packet;
    world.tap = [&](const Endpoint&, const std::vector<std::byte>& bytes) { packet = bytes; };
    world.dial({}, anonymous, static_cast<std::uint8_t>(100 + i));
    world.tap = nullptr;
    world.clients.clear();
    world.server.handle({Endpoint::ipv4({10, 0, 1, i}, 1), world.server_address, packet},
                        world.now);
    world.flush();
  }
  EXPECT_LE(world.server.connection_count(), QuicServer::kRetryAboveHandshakes);
  EXPECT_GE(world.server.counters().retries, 30u);
  // An honest client goes through the Retry without noticing.
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({.pin = world.server_identity.fingerprint()}, identity);
  EXPECT_TRUE(world.connect(client));
  EXPECT_EQ(world.host().connected->peer, identity.fingerprint());
  world.run(seconds(30));
  EXPECT_EQ(world.server.connection_count(), 1u);
}

TEST(QuicServer, BoundsTheHandshakesOfOneAddress) {
  World world;
  const TlsIdentity anonymous = TlsIdentity::anonymous();
  world.delay = milliseconds(100);
  for (int i = 0; i < 20; ++i) world.dial({}, anonymous);
  std::size_t most = 0;
  world.run(seconds(5), [&] {
    most = std::max(most, world.server.handshake_count());
    return false;
  });
  EXPECT_LE(most, QuicServer::kMaxHandshakesPerAddress);
  EXPECT_GE(world.server.counters().refused, 1u);
  const auto was_refused = [](const auto& client) {
    return client->seen.closed && client->seen.closed->cause == CloseCause::refused;
  };
  EXPECT_TRUE(std::any_of(world.clients.begin(), world.clients.end(), was_refused));
}

TEST(QuicServer, BoundsItsConnections) {
  World world;
  const TlsIdentity anonymous = TlsIdentity::anonymous();
  int connected = 0;
  for (int i = 0; i < 70; ++i) {
    auto& client = world.dial({}, anonymous, static_cast<std::uint8_t>(2 + i));
    world.run(milliseconds(30));
    connected += client.seen.connected ? 1 : 0;
  }
  EXPECT_EQ(connected, static_cast<int>(QuicServer::kMaxConnections));
  EXPECT_EQ(world.server.connection_count(), QuicServer::kMaxConnections);
  world.server.close_all(0, "done", world.now);
  world.run(seconds(10));
  EXPECT_EQ(world.server.connection_count(), 0u);
  for (const auto& client : world.clients) {
    if (!client->seen.connected) continue;
    ASSERT_TRUE(client->seen.closed);
    EXPECT_EQ(client->seen.closed->code, 0u);
  }
}

TEST(QuicServer, AThousandConnectionsOfOnePeerDisturbNobodyElse) {
  World world;
  const TlsIdentity identity = make_identity();
  auto& friendly = world.dial({}, identity, 200);
  ASSERT_TRUE(world.connect(friendly));
  const ConnectionHandle session = world.last_handle;

  std::size_t most = 0;
  const TlsIdentity anonymous = TlsIdentity::anonymous();
  for (int i = 0; i < 1000; ++i) {
    world.dial({}, anonymous, 3);
    if (i % 50 == 0) world.run(milliseconds(1));
    most = std::max(most, world.server.connection_count());
  }
  world.run(seconds(2), [&] {
    most = std::max(most, world.server.connection_count());
    return false;
  });
  EXPECT_LE(most, QuicServer::kMaxConnectionsPerAddress + 1);
  ASSERT_TRUE(friendly.quic.write_stream(text("still here"), world.now));
  world.run(seconds(1));
  EXPECT_EQ(world.host_seen[session].stream, text("still here"));
  EXPECT_FALSE(friendly.seen.closed);
  auto& newcomer = world.dial({}, identity, 201);
  EXPECT_TRUE(world.run(seconds(5), [&] { return newcomer.seen.connected.has_value(); }));
}

// Slow loris: each packet just in time to look alive.
TEST(QuicServer, AHandshakeThatDripsIsEnded) {
  World world;
  const TlsIdentity anonymous = TlsIdentity::anonymous();
  world.delay = seconds(6);
  world.dial({.transport = {.handshake_timeout = seconds(100)}}, anonymous);
  std::size_t most = 0;
  world.run(seconds(60), [&] {
    most = std::max(most, world.server.connection_count());
    return false;
  });
  EXPECT_EQ(most, 1u);
  EXPECT_EQ(world.server.connection_count(), 0u);
  EXPECT_TRUE(world.host_seen.empty());
}

TEST(QuicServer, OffersItsVersionToClientsOfAnother) {
  World world;
  std::vector<std::byte> packet = initial_packet(world);
  packet[1] = packet[2] = packet[3] = packet[4] = std::byte{0xFA};
  world.server.handle({Endpoint::ipv4({10, 0, 0, 9}, 1), world.server_address, packet}, world.now);
  const auto output = world.server.poll();
  ASSERT_TRUE(output);
  const auto& bytes = std::get<Transmit>(*output).bytes;
  EXPECT_LT(bytes.size(), 100u);
  EXPECT_EQ(to_hex(Bytes(bytes).subspan(1, 4)), "00000000");
  EXPECT_EQ(to_hex(Bytes(bytes).last(4)), "00000001");
  packet.resize(1199);
  world.server.handle({Endpoint::ipv4({10, 0, 0, 9}, 1), world.server_address, packet}, world.now);
  EXPECT_FALSE(world.server.poll()) << "never an answer larger than the question";
}

TEST(QuicServer, AnswersVoidHandlesWithNo) {
  World world;
  const ConnectionHandle nobody{77};
  EXPECT_FALSE(world.server.write_stream(nobody, text("x"), world.now));
  EXPECT_FALSE(world.server.send_datagram(nobody, text("x"), world.now));
  EXPECT_EQ(world.server.max_datagram_bytes(nobody), 0u);
  world.server.close(nobody, 0, "", world.now);
}

// Its media would stay behind, so it has to notice and connect again.
TEST(QuicServer, DoesNotFollowAClientThatMovesToAnotherPort) {
  World world;
  const TlsIdentity identity = make_identity();
  auto& client = world.dial({}, identity);
  ASSERT_TRUE(world.connect(client));
  world.run(seconds(1));
  client.local = client.local.with_port(50'001);  // a router forgot the mapping
  ASSERT_TRUE(client.quic.write_stream(text("moved"), world.now));
  // What one sends after silence gives it the whole timeout once more (RFC 9000 section 10.1).
  world.run(2 * TransportConfig{}.idle_timeout);
  EXPECT_TRUE(world.host().stream.empty());
  EXPECT_GT(world.server.counters().moved, 0u);
  ASSERT_TRUE(world.host().closed && client.seen.closed);
  EXPECT_EQ(world.host().closed->cause, CloseCause::timed_out);
  EXPECT_EQ(client.seen.closed->cause, CloseCause::timed_out);
}

TEST(TlsIdentity, RefusesNonsense) {
  EXPECT_FALSE(TlsIdentity::from_pem("", ""));
  EXPECT_FALSE(TlsIdentity::from_pem("-----BEGIN CERTIFICATE-----\n", "x"));
}

}  // namespace
}  // namespace pf::quic
