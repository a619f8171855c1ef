// The whole nvhttp server over loopback, with the client's half of everything.
#include "host/gamestream/server/nvhttp.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <random>
#include <thread>

#include "core/runtime/system_clock.h"
#include "host/gamestream/server/moonlight_testing.h"
#include "host/http/client_testing.h"

namespace pf::gamestream {
namespace {

using http::TestingClient;
using http::TestingTls;

// A door that starts nothing: its control thread keeps the book.
class TestingDoor {
 public:
  LaunchBox& box() { return box_; }
  std::optional<Launch> last() const {
    std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  void turn(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      while (auto ask = box_.poll()) std::visit([&](auto& one) { answer(one); }, *ask);
      bell_.wait(milliseconds(20));
    }
  }
  void answer(LaunchAsk& ask) {
    const bool resumes = ask.launch.verb == LaunchVerb::resume;
    const auto id =
        resumes ? book_.resume(ask.launch, LocalTime{}) : book_.launch(ask.launch, LocalTime{});
    if (!id) return ask.answer(tl::unexpected(id.error()));
    book_.on_started(*id);
    box_.publish(book_.running());
    {
      std::lock_guard lock(mutex_);
      last_ = *book_.find(*id);
    }
    ask.answer({});
  }
  void answer(CancelAsk& ask) {
    book_.cancel(ask.device);
    box_.publish(book_.running());
    ask.answer({});
  }

  Doorbell bell_;
  LaunchBox box_{bell_};
  LaunchBook book_;
  mutable std::mutex mutex_;
  std::optional<Launch> last_;
  std::jthread thread_{[this](std::stop_token stop) { turn(stop); }};
};

class Nvhttp : public ::testing::Test {
 protected:
  void SetUp() override {
    // The ports lie at fixed distances, so the system cannot choose one: others try as we do.
    std::random_device random;
    for (int attempt = 0; attempt < 50 && server_ == nullptr; ++attempt) {
      ports_.base = static_cast<std::uint16_t>(20'000 + random() % 10'000);
      auto opened = NvhttpServer::open(
          {.listen = Endpoint::loopback(0),
           .ports = ports_,
           .host_name = "den",
           .unique_id = "3E6A",
           .offer = {},
           .apps = {{.app = {.id = 1, .title = "Desktop", .hdr = false}, .needs_grant = false}},
           .on_list = [this] { ++lists_; },
           .box_art =
               [](std::int32_t id, const BoxArtAnswer& answer) {
                 answer(std::make_shared<std::string>(fmt::format("picture {}", id)));
               }},
          host_, *trust_, door_.box(), desk_, clock_, rng_);
      if (opened) server_ = *std::move(opened);
    }
    ASSERT_NE(server_, nullptr);
  }

  Endpoint http() const { return Endpoint::loopback(ports_.http()); }
  Endpoint https() const { return Endpoint::loopback(ports_.https()); }
  std::string get(const std::string& target) { return TestingClient(http()).get(target).body; }
  std::string get_tls(const std::string& target, const std::optional<crypto::Identity>& who) {
    return TestingClient(https(), TestingTls{.identity = who, .version = 0}).get(target).body;
  }
  std::string pair(MoonlightClient& client, const std::string& typed, const std::string& shown) {
    auto first = std::async(std::launch::async, [&] { return get(client.phase_1()); });
    while (desk_.waiting().empty()) std::this_thread::sleep_for(milliseconds(2));
    EXPECT_TRUE(desk_.enter_pin({.pin = typed, .device = "", .name = "tv", .access = {}}));
    const std::string plain = element_of(first.get(), "plaincert");
    EXPECT_EQ(plain, to_hex(as_bytes(host_.identity.certificate_pem)));
    const std::string second = get(client.phase_2(shown));
    get(client.phase_3(element_of(second, "challengeresponse")));
    return element_of(get(client.phase_4()), "paired");
  }

  TestingFolder folder_;
  HostCertificate host_ = testing_host_certificate();
  SystemClock clock_;
  SystemRng rng_;
  HealthBoard board_;
  std::unique_ptr<trust::TrustRegistry> trust_ = *trust::TrustRegistry::open(folder_.path(), rng_);
  TestingDoor door_;
  PairingDesk desk_{host_, *trust_, board_, clock_, rng_};
  Ports ports_;
  std::atomic<int> lists_{0};
  std::unique_ptr<NvhttpServer> server_;
};

TEST_F(Nvhttp, PairsListsLaunchesResumesAndQuits) {
  MoonlightClient client;
  const auto& who = client.identity();
  EXPECT_NE(get_tls("/serverinfo", who).find("status_code=\"401\""), std::string::npos);
  EXPECT_EQ(pair(client, "4711", "4711"), "1");
  EXPECT_EQ(element_of(get_tls("/pair?uniqueid=0123&phrase=pairchallenge", who), "paired"), "1");
  EXPECT_EQ(element_of(get_tls("/serverinfo", who), "PairStatus"), "1");
  EXPECT_EQ(element_of(get_tls("/applist", who), "AppTitle"), "Desktop");
  EXPECT_EQ(get_tls("/appasset?appid=1", who), "picture 1");
  const std::string rest =
      "?appid=1&mode=1280x720x60&rikey=00112233445566778899aabbccddeeff&rikeyid=1&corever=1";
  EXPECT_EQ(element_of(get_tls("/launch" + rest, who), "sessionUrl0"),
            fmt::format("rtspenc://127.0.0.1:{}", ports_.rtsp()));
  ASSERT_TRUE(door_.last());
  EXPECT_EQ(door_.last()->tokens.ping_payload.size(), 16u);
  EXPECT_EQ(element_of(get_tls("/serverinfo", who), "state"), "SUNSHINE_SERVER_BUSY");
  EXPECT_NE(get_tls("/launch" + rest, who).find("already running"), std::string::npos);
  EXPECT_EQ(element_of(get_tls("/resume" + rest, who), "resume"), "1");
  EXPECT_EQ(element_of(get_tls("/cancel", who), "cancel"), "1");
  EXPECT_EQ(element_of(get_tls("/serverinfo", who), "state"), "SUNSHINE_SERVER_FREE");
}

TEST_F(Nvhttp, ListsNewApplicationsToWhoAsksNext) {
  MoonlightClient client;
  ASSERT_EQ(pair(client, "4711", "4711"), "1");
  EXPECT_EQ(element_of(get_tls("/applist", client.identity()), "AppTitle"), "Desktop");
  server_->set_apps({{.app = {.id = 7, .title = "Steam", .hdr = false}, .needs_grant = false}});
  EXPECT_EQ(element_of(get_tls("/applist", client.identity()), "AppTitle"), "Steam");
  EXPECT_EQ(get_tls("/appasset?appid=7", client.identity()), "picture 7");
  EXPECT_EQ(lists_, 2);
  server_->set_name("attic");
  EXPECT_EQ(element_of(get_tls("/serverinfo", client.identity()), "hostname"), "attic");
}

TEST_F(Nvhttp, AWrongPinPairsNobody) {
  MoonlightClient client;
  EXPECT_EQ(pair(client, "4711", "1234"), "0");
  EXPECT_NE(get_tls("/serverinfo", client.identity()).find("status_code=\"401\""),
            std::string::npos);
}

TEST_F(Nvhttp, KnowsDevicesByTheirCertificateAlone) {
  MoonlightClient client, other;
  EXPECT_EQ(pair(client, "4711", "4711"), "1");
  EXPECT_NE(get_tls("/applist", other.identity()).find("status_code=\"401\""), std::string::npos);
  EXPECT_NE(get_tls("/applist", std::nullopt).find("status_code=\"401\""), std::string::npos);
  ASSERT_TRUE(trust_->set_access(client.fingerprint(),
                                 {.grants = trust::Grants::all(), .expires_at = WireTime{}}));
  EXPECT_NE(get_tls("/applist", client.identity()).find("status_code=\"401\""), std::string::npos);
  ASSERT_TRUE(trust_->set_access(client.fingerprint(), {}));
  EXPECT_EQ(element_of(get_tls("/applist", client.identity()), "ID"), "1");
  ASSERT_TRUE(trust_->unpair(client.fingerprint()));
  EXPECT_NE(get_tls("/applist", client.identity()).find("status_code=\"401\""), std::string::npos);
}

// Every guess at a PIN is a ceremony of its own, that somebody has to type a PIN for.
TEST_F(Nvhttp, GuessesAtAPinEndWithTheirCeremony) {
  MoonlightClient client;
  auto first = std::async(std::launch::async, [&] { return get(client.phase_1()); });
  while (desk_.waiting().empty()) std::this_thread::sleep_for(milliseconds(2));
  ASSERT_TRUE(desk_.enter_pin({.pin = "4711", .device = "", .name = "", .access = {}}));
  first.get();
  get(client.phase_2("0000"));
  EXPECT_NE(get(client.phase_2("0001")).find("status_code=\"400\""), std::string::npos);
  EXPECT_NE(get(client.phase_2("0002")).find("Invalid uniqueid"), std::string::npos);
  EXPECT_NE(get(client.phase_4()).find("Invalid uniqueid"), std::string::npos);
  EXPECT_TRUE(trust_->devices().empty());
}

TEST_F(Nvhttp, AnswersStrangersWhoSendNonsense) {
  EXPECT_NE(get("/serverinfo?x=" + std::string(33'000, 'y')).find("400"), std::string::npos);
  TestingClient huge(http());
  huge.send("GET /serverinfo?x=" + std::string(100'000, 'y') + " HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(huge.ended());
  TestingClient injected(http());
  const auto response =
      injected.get("/serverinfo?uniqueid=%0d%0aX-Injected:%20yes%0d%0a%0d%0abody");
  EXPECT_EQ(response.status, 200);
  EXPECT_FALSE(http::find_header(response.headers, "X-Injected"));
  TestingClient wrong_door(https());  // no TLS
  wrong_door.send("GET /serverinfo HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(wrong_door.ended());
  EXPECT_EQ(element_of(get("/serverinfo"), "hostname"), "den");
}

TEST_F(Nvhttp, HalfOpenConnectionsDisturbNobody) {
  std::vector<std::unique_ptr<TestingClient>> idle;
  for (int i = 0; i < 200; ++i) {
    idle.push_back(std::make_unique<TestingClient>(https()));
    ASSERT_TRUE(idle.back()->connected());
    if (i % 2 == 0) idle.back()->send("\x16\x03\x01");  // a handshake begins
  }
  MoonlightClient client;
  EXPECT_EQ(element_of(get("/serverinfo"), "hostname"), "den");
  EXPECT_EQ(pair(client, "4711", "4711"), "1");
  EXPECT_EQ(element_of(get_tls("/serverinfo", client.identity()), "PairStatus"), "1");
}

TEST_F(Nvhttp, EndsTheConnectionWithTheAnswer) {
  TestingClient client(http());
  const auto response = client.get("/serverinfo");
  EXPECT_EQ(http::find_header(response.headers, "Connection"), "close");
  EXPECT_TRUE(client.ended());
}

// Clients probe an address by opening connections and closing them.
TEST_F(Nvhttp, SurvivesEmptyConnections) {
  for (int i = 0; i < 20; ++i) {
    TestingClient one(http()), other(https());
  }
  EXPECT_EQ(element_of(get("/serverinfo"), "hostname"), "den");
}

}  // namespace
}  // namespace pf::gamestream
