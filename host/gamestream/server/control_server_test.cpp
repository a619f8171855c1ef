#include "host/gamestream/server/control_server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "core/base/rng.h"
#include "core/runtime/unique_fd.h"
#include "host/gamestream/server/enet_client_testing.h"

namespace pf::gamestream {
namespace {

using message::InputKind;

constexpr std::uint32_t kData = 0x12345678;

Secret<16> some_key() {
  std::array<std::byte, 16> bytes{};
  bytes[9] = std::byte{1};
  return Secret<16>(bytes);
}

struct Client : EnetClient {
  Client(const Endpoint& server, std::uint32_t data) : EnetClient(server, data, some_key()) {}
};

class ControlServerTest : public ::testing::Test {
 protected:
  ControlServerTest() {
    auto opened = ControlServer::open(Endpoint::loopback(0));
    EXPECT_TRUE(opened);
    server = *std::move(opened);
    server->turn(now);  // sets ENet's time, which is the clients' as well
  }
  void add(unsigned launch, std::optional<std::uint32_t> data,
           Endpoint address = Endpoint::loopback(1)) {
    EXPECT_TRUE(server->add({.launch = LaunchId{launch},
                             .address = address,
                             .connect_data = data,
                             .session = {.key = some_key(),
                                         .iv = ControlIv::v2,
                                         .grants = message::Grants::all(),
                                         .picture = {1280, 720}}},
                            now));
  }
  // Both ends, so often as a round trip takes on loopback; ENet's time stands at `now`.
  void turn(Client& client, int times = 6) {
    for (int i = 0; i < times; ++i) {
      client.turn();
      server->turn(now);
      take_news();
      now += milliseconds(1);
    }
  }
  void take_news() {
    while (auto next = server->poll()) {
      if (const auto* trip = std::get_if<RoundTrip>(&next->event)) {
        trips.push_back(*trip);
      } else {
        news.push_back(*std::move(next));
      }
    }
  }
  template <class T>
  std::vector<T> news_of() {
    std::vector<T> all;
    for (const ControlNews& each : news) {
      if (const auto* what = std::get_if<T>(&each.event)) all.push_back(*what);
    }
    news.clear();
    return all;
  }
  void start(Client& client) {
    turn(client);
    client.send(client.seal.seal(0x0302, {0, 0}));
    client.send(client.seal.seal(0x0307, {0}));
    turn(client);
  }

  LocalTime now{seconds(1000)};
  std::unique_ptr<ControlServer> server;
  std::vector<ControlNews> news;
  std::vector<RoundTrip> trips;
};

TEST_F(ControlServerTest, KnowsASessionByItsConnectData) {
  add(1, kData);
  add(2, kData + 1);
  Client client(server->address(), kData + 1);
  start(client);
  EXPECT_TRUE(client.connected);
  EXPECT_EQ(client.channels(), 48u);
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].launch, LaunchId{2});
  EXPECT_TRUE(std::holds_alternative<StreamWanted>(news[0].event));
  ASSERT_EQ(client.heard.size(), 1u);
  EXPECT_EQ(client.heard[0].first, 0x010e);
}

TEST_F(ControlServerTest, KnowsOldClientsByTheirAddress) {
  add(1, std::nullopt);
  Client client(server->address(), 0);
  start(client);
  EXPECT_EQ(news_of<StreamWanted>().size(), 1u);
}

TEST_F(ControlServerTest, AnswersNoStranger) {
  add(1, kData);
  add(2, std::nullopt, Endpoint::ipv4({192, 0, 2, 1}, 1));
  Client client(server->address(), kData - 1);
  turn(client, 20);
  EXPECT_FALSE(client.connected);
  EXPECT_GE(server->counts().strangers, 1u);
  Client right(server->address(), kData);
  turn(right);
  EXPECT_TRUE(right.connected);
  // Whoever comes later with the same data is one, too.
  Client second(server->address(), kData);
  turn(second, 20);
  EXPECT_FALSE(second.connected);
}

TEST_F(ControlServerTest, CarriesInputOnEveryChannel) {
  add(1, kData);
  Client client(server->address(), kData);
  start(client);
  for (int channel = 0; channel < 48; ++channel)
    client.send(client.seal.seal_input(7, {0, 1, 0, 1}), static_cast<enet_uint8>(channel));
  turn(client);
  EXPECT_EQ(news_of<InjectInput>().size(), 48u);
}

TEST_F(ControlServerTest, MeasuresTheWayAllTheTime) {
  add(1, kData);
  Client client(server->address(), kData);
  start(client);
  trips.clear();
  for (int i = 0; i < 20; ++i) {
    now += milliseconds(50);
    turn(client, 2);
  }
  EXPECT_GE(trips.size(), 15u);
  for (const RoundTrip& trip : trips) EXPECT_LE(trip.time, milliseconds(60));
  ASSERT_TRUE(server->next_timeout());
  EXPECT_LE(*server->next_timeout() - now, milliseconds(60));
}

TEST_F(ControlServerTest, TellsAClientThatItsSessionIsOver) {
  add(1, kData);
  Client client(server->address(), kData);
  start(client);
  client.heard.clear();
  server->end(LaunchId{1}, TerminationReason::graceful, now);
  EXPECT_TRUE(server->saying_farewell());
  turn(client);
  EXPECT_EQ(news_of<ControlOver>()[0].why, ControlOver::Why::ended);
  ASSERT_EQ(client.heard.size(), 1u);
  EXPECT_EQ(client.heard[0].first, 0x0109);
  EXPECT_TRUE(client.gone);
  turn(client);
  EXPECT_FALSE(server->saying_farewell());
}

TEST_F(ControlServerTest, WaitsForNobodyWhoDoesNotHearTheFarewell) {
  add(1, kData);
  Client client(server->address(), kData);
  start(client);
  server->end(LaunchId{1}, TerminationReason::graceful, now);
  now += ControlServer::kFarewell;
  server->turn(now);
  EXPECT_FALSE(server->saying_farewell());
}

TEST_F(ControlServerTest, SeesAClientLeave) {
  add(1, kData);
  Client client(server->address(), kData);
  start(client);
  client.leave();
  turn(client);
  EXPECT_EQ(news_of<ControlOver>()[0].why, ControlOver::Why::left);
  // Its launch may have another session.
  add(1, kData + 5);
  Client again(server->address(), kData + 5);
  start(again);
  EXPECT_TRUE(again.connected);
}

TEST_F(ControlServerTest, SeesAClientDie) {
  add(1, kData);
  {
    Client client(server->address(), kData);
    start(client);
    client.send(client.seal.seal_input(3, {0, 0x41, 0x80, 0, 0, 0}));
    turn(client);
  }
  news.clear();
  const LocalTime died_at = now;
  const auto over = [&] {
    return !news.empty() && std::holds_alternative<ControlOver>(news.back().event);
  };
  while (!over() && now < died_at + seconds(12)) {
    now += milliseconds(100);
    server->turn(now);
    take_news();
    if (now == died_at + seconds(3)) {
      // What it held is let go of long before it is given up.
      ASSERT_EQ(news.size(), 1u);
      EXPECT_TRUE(std::holds_alternative<ReleaseInput>(news[0].event));
    }
  }
  EXPECT_TRUE(over());
  now += ControlServer::kFarewell;
  server->turn(now);
  EXPECT_FALSE(server->next_timeout());
}

TEST_F(ControlServerTest, RumblesAClientsPad) {
  add(1, kData);
  Client client(server->address(), kData);
  start(client);
  client.heard.clear();
  server->tell_pad(LaunchId{1}, PadRumble{.pad = 1, .low_frequency = 9}, now);
  server->tell_pad(LaunchId{7}, PadRumble{.pad = 1, .low_frequency = 9}, now);
  turn(client);
  ASSERT_EQ(client.heard.size(), 1u);
  EXPECT_EQ(client.heard[0].first, 0x010b);
}

TEST_F(ControlServerTest, LivesThroughAFloodOfEverything) {
  add(1, kData);
  Client client(server->address(), kData);
  start(client);
  const UniqueFd flood(::socket(AF_INET, SOCK_DGRAM, 0));
  const Endpoint to = server->address();
  SeededRng rng(1);
  std::array<std::byte, 1400> datagram;
  for (int i = 0; i < 20'000; ++i) {
    rng.fill(datagram);
    const std::size_t bytes = rng.below(datagram.size());
    // Half of them ask for connections, to the letter or nearly; others are of the client's place.
    if (i % 2 == 0) detail::store(datagram.data(), std::uint16_t{0x8fff}, true);
    if (i % 4 == 1) detail::store(datagram.data(), std::uint16_t{0x8000}, true);
    if (i % 4 == 0) detail::store(datagram.data() + 4, std::uint16_t{0x82ff}, true);
    ::sendto(flood.get(), datagram.data(), bytes, 0, to.data(), to.size_bytes());
    if (i % 100 == 0) turn(client, 1);
  }
  news.clear();
  client.send(client.seal.seal_input(7, {0, 1, 0, 1}));
  turn(client, 50);
  EXPECT_EQ(news_of<InjectInput>().size(), 1u);
  EXPECT_FALSE(client.gone);
  EXPECT_EQ(server->counts().connected, 1u);
}

TEST_F(ControlServerTest, LetsNobodyWhoKnowsTheDataFillIt) {
  add(1, kData);
  // Connections that are asked for and never completed, as from a spoofed source.
  std::vector<std::unique_ptr<Client>> half;
  for (int i = 0; i < 100; ++i) {
    half.push_back(std::make_unique<Client>(server->address(), kData));
    half.back()->turn();  // the request leaves, and nobody listens for the answer
    server->turn(now);
  }
  EXPECT_GE(server->counts().strangers, 99u);
  half.clear();
  now += seconds(3);
  Client client(server->address(), kData);
  turn(client);
  EXPECT_TRUE(client.connected);
}

TEST_F(ControlServerTest, HasABound) {
  for (unsigned i = 1; i <= ControlServer::kMaxSessions; ++i) add(i, i);
  EXPECT_FALSE(server->add(
      {.launch = LaunchId{999},
       .address = {},
       .connect_data = 5,
       .session = {.key = some_key(), .iv = ControlIv::v2, .grants = {}, .picture = {1280, 720}}},
      now));
}

TEST(ControlServer, SaysThatItsPortIsTakenAndThatItIsIpv4) {
  auto first = ControlServer::open(Endpoint::loopback(0));
  ASSERT_TRUE(first);
  auto second = ControlServer::open((*first)->address());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::refused);
  auto six = ControlServer::open(Endpoint::ipv6({}, 0));
  ASSERT_FALSE(six);
  EXPECT_EQ(six.error().kind, ErrorKind::refused);
}

}  // namespace
}  // namespace pf::gamestream
