#include <gtest/gtest.h>

#include <thread>

#include "core/crypto/rsa.h"
#include "host/http/client_testing.h"
#include "host/http/server.h"

namespace pf::http {
namespace {

crypto::Identity host_identity() { return *crypto::make_identity(crypto::host_names("box")); }
crypto::Identity rsa_identity() {
  static const crypto::Identity identity = *crypto::make_rsa_identity("NVIDIA GameStream Client");
  return identity;
}

ServerParams over_tls(crypto::Identity identity, bool old_clients = false,
                      const Limits& limits = {}) {
  return {.name = "test",
          .listen = {{.endpoint = Endpoint::loopback(0),
                      .tls = Tls{.identity = std::move(identity), .old_clients = old_clients}}},
          .limits = limits};
}

void say_whose_certificate(const Request& request, Reply reply) {
  if (request.client_certificate.empty()) return reply.send(text_response(401, "show yourself"));
  reply.send({.body = std::string(as_text(request.client_certificate))});
}

TEST(HttpsServer, GivesTheClientsCertificateWhoeverMadeIt) {
  for (const bool rsa_host : {false, true}) {
    const Server server = *Server::open(
        over_tls(rsa_host ? rsa_identity() : host_identity(), rsa_host), say_whose_certificate);
    const crypto::Identity device = *crypto::make_identity(crypto::client_names());
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      for (const crypto::Identity& identity : {device, rsa_identity()}) {
        TestingClient client(server.endpoint(),
                             TestingTls{.identity = identity, .version = version});
        ASSERT_TRUE(client.connected()) << version;
        EXPECT_EQ(client.get("/").body, as_text(identity.certificate_der));
        EXPECT_EQ(client.get("/again").body, as_text(identity.certificate_der));
      }
    }
  }
}

TEST(HttpsServer, LetsTheHandlerRefuseWhoShowsNoCertificate) {
  const Server server = *Server::open(over_tls(host_identity()), say_whose_certificate);
  TestingClient client(server.endpoint(), TestingTls{});
  ASSERT_TRUE(client.connected());
  EXPECT_EQ(client.get("/").status, 401);
}

TEST(HttpsServer, SpeaksNothingOlderThanTls12) {
  const Server server = *Server::open(over_tls(host_identity(), true), say_whose_certificate);
  EXPECT_FALSE(TestingClient(server.endpoint(), TestingTls{.version = TLS1_1_VERSION}).connected());
}

TEST(HttpsServer, SaysGoodbyeAsTlsWantsIt) {
  const Server server = *Server::open(over_tls(host_identity()), say_whose_certificate);
  TestingClient client(server.endpoint(), TestingTls{});
  EXPECT_EQ(client.ask("GET", "/", {{"Connection", "close"}}).status, 401);
  EXPECT_TRUE(client.ended());
}

TEST(HttpsServer, RefusesALargeBodyBeforeItIsSent) {
  const Server server = *Server::open(over_tls(host_identity()), say_whose_certificate);
  TestingClient client(server.endpoint(), TestingTls{});
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 104857600\r\n\r\n");
  client.send(std::string(1 << 20, 'x'));
  EXPECT_EQ(client.answer().status, 413);
}

TEST(HttpsServer, AnswersOthersBesideTwoHundredUnfinishedHandshakes) {
  const Server server = *Server::open(
      over_tls(host_identity(), false, {.handshake_patience = seconds(1)}), say_whose_certificate);
  std::vector<std::unique_ptr<TestingClient>> half_open;
  for (int i = 0; i < 200; ++i) {
    half_open.push_back(std::make_unique<TestingClient>(server.endpoint()));
    // The beginning of a ClientHello: a record of 512 bytes of which five have come.
    half_open.back()->send(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03", 10));
  }
  TestingClient client(server.endpoint(), TestingTls{});
  EXPECT_EQ(client.get("/").status, 401);
  for (auto& one : half_open) EXPECT_TRUE(one->ended());
  EXPECT_EQ(server.counters().dropped, 200U);
  EXPECT_EQ(client.get("/").status, 401);
}

TEST(HttpsServer, HangsUpOnWhoSpeaksSomethingElse) {
  const Server server = *Server::open(over_tls(host_identity()), say_whose_certificate);
  TestingClient client(server.endpoint());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(client.ended());
}

TEST(HttpsServer, StreamsOverTls) {
  const Server server = *Server::open(over_tls(host_identity()), [](Request&&, Reply reply) {
    std::thread([reply = std::move(reply)]() mutable {
      Stream stream = reply.stream({});
      for (int i = 0; i < 100; ++i) stream.write("0123456789");
    }).join();
  });
  TestingClient client(server.endpoint(), TestingTls{});
  EXPECT_EQ(client.get("/").body.size(), 1000U);
  EXPECT_TRUE(client.ended());
}

TEST(HttpsServer, DoesNotOpenWithAnIdentityThatIsNone) {
  crypto::Identity broken = host_identity();
  broken.key_pem = host_identity().key_pem;
  const auto server = Server::open(over_tls(broken), say_whose_certificate);
  ASSERT_FALSE(server.has_value());
  EXPECT_EQ(server.error().kind, ErrorKind::malformed);
}

}  // namespace
}  // namespace pf::http
