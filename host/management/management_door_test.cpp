#include "host/management/management_door.h"

#include <thread>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "host/admin/admin_testing.h"
#include "host/http/client_testing.h"

namespace pf::management {
namespace {

using Json = nlohmann::ordered_json;

template <class Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < http::kTestPatienceMs; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(1));
  }
  return false;
}

class ManagementDoorTest : public ::testing::Test {
 protected:
  std::unique_ptr<ManagementDoor> open(const Endpoint& listen = Endpoint::loopback(0)) {
    return std::make_unique<ManagementDoor>(
        ManagementDoor::Params{.listen = listen,
                               .identity = *crypto::make_identity(crypto::host_names("box"))},
        host_.administration, host_.rng, host_.board, host_.clock);
  }
  std::unique_ptr<http::TestingClient> connect(const ManagementDoor& door) {
    EXPECT_TRUE(eventually([&] { return !door.endpoint().empty(); }));
    return std::make_unique<http::TestingClient>(door.endpoint(), http::TestingTls{});
  }
  std::string secret(access::Scope scope = access::Scope::read) {
    return host_.access->create_token("test", scope, {}, host_.administration.now().wall)->secret;
  }
  std::unique_ptr<http::TestingClient> read_events(const ManagementDoor& door,
                                                   const std::string& more = "") {
    auto reader = connect(door);
    reader->send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                 secret() + "\r\n" + more + "\r\n");
    EXPECT_FALSE(reader->receive_until(": hello").empty());
    return reader;
  }

  admin::TestingHost host_;
};

TEST_F(ManagementDoorTest, AnswersOverTheHostsOwnCertificate) {
  const auto door = open();
  auto client = connect(*door);
  EXPECT_EQ(client->get("/api/v1/host").status, 401);
  const auto answer = client->ask("GET", "/api/v1/host", {{"Authorization", "Bearer " + secret()}});
  EXPECT_EQ(Json::parse(answer.body)["name"], "box");
  EXPECT_EQ(client->ask("POST", "/api/v1/login", {}, std::string(100'000, ' ')).status, 413);
}

TEST_F(ManagementDoorTest, TellsReadersWhatChangesAndResumesForThoseWhoWereAway) {
  const auto door = open();
  auto reader = read_events(*door);
  host_.pair(1, "tablet");
  const std::string told = reader->receive_until("tablet");
  EXPECT_NE(told.find("event: device.added"), std::string::npos) << told;
  const std::size_t at = told.find("id: ") + 4;
  const std::string id = told.substr(at, told.find('\n', at) - at);
  reader.reset();

  host_.pair(2, "phone");
  auto again = read_events(*door, "Last-Event-ID: " + id + "\r\n");
  const std::string rest = again->receive_until("phone");
  EXPECT_NE(rest.find("device.added"), std::string::npos);
  EXPECT_EQ(rest.find("tablet"), std::string::npos);
  EXPECT_EQ(rest.find("dropped"), std::string::npos);
  auto stranger = read_events(*door, "Last-Event-ID: 00000000-1\r\n");
  EXPECT_FALSE(stranger->receive_until("event: dropped").empty());
}

TEST_F(ManagementDoorTest, AReaderWhoMayNoLongerReadIsSentAway) {
  const auto door = open();
  auto revoked = read_events(*door), other = read_events(*door);
  const auto tokens = host_.access->tokens();
  ASSERT_EQ(tokens.size(), 2u);
  ASSERT_TRUE(host_.access->revoke_token(tokens[0].id));
  EXPECT_TRUE(revoked->ended());
  host_.pair(1, "tablet");
  EXPECT_FALSE(other->receive_until("device.added").empty());
}

TEST_F(ManagementDoorTest, AnswersOthersBesideManyReaders) {
  const auto door = open();
  const std::string token = secret();
  std::vector<std::unique_ptr<http::TestingClient>> readers;
  for (int i = 0; i < 200; ++i) {
    readers.push_back(connect(*door));
    ASSERT_TRUE(readers.back()->send(
        "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token +
        "\r\n\r\n"));
  }
  for (auto& reader : readers) EXPECT_FALSE(reader->receive_until(": hello").empty());
  auto client = connect(*door);
  for (int i = 0; i < 50; ++i)
    ASSERT_EQ(client->ask("GET", "/api/v1/host", {{"Authorization", "Bearer " + token}}).status,
              200);
  host_.pair(1, "tablet");
  for (auto& reader : readers) EXPECT_FALSE(reader->receive_until("device.added").empty());
}

TEST_F(ManagementDoorTest, WaitsForAPortThatAnotherProgramHolds) {
  auto first = open();
  ASSERT_TRUE(eventually([&] { return !first->endpoint().empty(); }));
  const Endpoint taken = first->endpoint();
  admin::TestingHost other;
  const ManagementDoor second(
      {.listen = taken, .identity = *crypto::make_identity(crypto::host_names("box"))},
      other.administration, other.rng, other.board, other.clock);
  ASSERT_TRUE(eventually([&] {
    const auto rows = other.board.rows(other.clock.now());
    return !rows.empty() && rows[0].health == Health::healing;
  }));
  EXPECT_NE(other.board.rows(other.clock.now())[0].reason.find("management.port"),
            std::string::npos);
  first.reset();
  EXPECT_TRUE(eventually([&] { return !second.endpoint().empty(); }));
}

}  // namespace
}  // namespace pf::management
