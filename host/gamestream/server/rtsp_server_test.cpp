#include "host/gamestream/server/rtsp_server.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <list>

#include "core/runtime/unique_fd.h"
#include "testing/vectors.h"

namespace pf::gamestream {
namespace {

using testing::unhex;

Secret<16> key_of(const std::string& hex) {
  const auto bytes = unhex(hex);
  return Secret<16>(std::span<const std::byte, 16>(bytes.data(), 16));
}

// A client's end of one connection.
class Caller {
 public:
  explicit Caller(const Endpoint& server) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    EXPECT_EQ(::connect(socket_.get(), server.data(), server.size_bytes()), 0);
  }
  void say(std::string_view text) {
    EXPECT_EQ(::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  // Everything that came, once the server has closed; empty: it has not.
  std::optional<std::string> answer() {
    char chunk[4096];
    for (;;) {
      const ssize_t count = ::recv(socket_.get(), chunk, sizeof chunk, MSG_DONTWAIT);
      if (count == 0 || (count < 0 && errno == ECONNRESET)) return said_;
      if (count < 0) return std::nullopt;
      said_.append(chunk, static_cast<std::size_t>(count));
    }
  }

 private:
  UniqueFd socket_;
  std::string said_;
};

class RtspServerTest : public ::testing::Test {
 protected:
  RtspServerTest() {
    auto opened = RtspServer::open(
        {.listen = Endpoint::loopback(0),
         .offer = {},
         .ports = {.video = 47998, .control = 47999, .audio = 48000}},
        {.launches =
             [this] {
               std::vector<const Launch*> all;
               for (const Launch& launch : launches) all.push_back(&launch);
               return all;
             },
         .heard = [this](LaunchId id) { heard.push_back(id); },
         .announce = [this](LaunchId id, const StreamRequest& request) -> Result<void> {
           announced.emplace_back(id, request);
           return starting;
         },
         .play = [this](LaunchId id) { played.push_back(id); }});
    EXPECT_TRUE(opened);
    server = *std::move(opened);
  }

  Launch& launch(unsigned number, bool encrypted, Endpoint client = Endpoint::loopback(1)) {
    Launch launch;
    launch.id = LaunchId{number};
    launch.client = client;
    launch.key = key_of(fmt::format("{:032x}", number));
    launch.encrypted_rtsp = encrypted;
    launch.tokens = {.ping_payload = "0123456789ABCDEF", .connect_data = number};
    launches.push_back(launch);
    return launches.back();
  }
  // Over loopback what was sent is there at once.
  void turn(int times = 4) {
    for (int i = 0; i < times; ++i) server->turn(now);
  }
  std::string answer_to(std::string_view request) {
    Caller caller(server->address());
    turn();
    caller.say(request);
    turn();
    return caller.answer().value_or("not closed");
  }
  static std::string seal(std::string_view text, const Secret<16>& key) {
    // As clients do; RtspSeal seals as hosts do.
    auto aead = crypto::make_aead(crypto::aead_engines(), crypto::Cipher::aes128_gcm, key.reveal(),
                                  crypto::Aead::Use::seal);
    std::vector<std::byte> message(24 + text.size());
    ByteWriter writer(message);
    writer.big(std::uint32_t{0x80000000} | static_cast<std::uint32_t>(text.size()));
    writer.big(std::uint32_t{7});
    crypto::Nonce nonce{};
    nonce[0] = std::byte{7};
    nonce[10] = std::byte{'C'};
    nonce[11] = std::byte{'R'};
    aead->seal(nonce, {}, as_bytes(text), message.data() + 24,
               MutableBytes(message).subspan<8, 16>());
    return std::string(as_text(message));
  }
  std::string announcement() const {
    const std::string body = testing::load_vectors("gamestream.json")
                                 .at("rtsp")
                                 .at("announce_example")
                                 .at("body")
                                 .get<std::string>();
    std::string h264 = body;
    h264.replace(h264.find("bitStreamFormat:") + 16, 1, "0");
    return fmt::format(
        "ANNOUNCE streamid=control/13/0 RTSP/1.0\r\nCSeq: 6\r\nContent-length: {}\r\n\r\n{}",
        h264.size(), h264);
  }

  std::list<Launch> launches;
  std::vector<LaunchId> heard, played;
  std::vector<std::pair<LaunchId, StreamRequest>> announced;
  Result<void> starting;
  std::unique_ptr<RtspServer> server;
  LocalTime now{seconds(100)};
};

constexpr std::string_view kOptions = "OPTIONS rtsp://h:48010 RTSP/1.0\r\nCSeq: 1\r\n\r\n";

TEST_F(RtspServerTest, TellsPlainClientsBehindOneAddressApartByTheirSessions) {
  const auto set_up = [&](const std::string& session) {
    return answer_to("SETUP streamid=audio/0/0 RTSP/1.0\r\nCSeq: 3\r\n" +
                     (session.empty() ? "" : "Session: " + session + "\r\n") + "\r\n");
  };
  const auto session_in = [](const std::string& answer) {
    const std::size_t at = answer.find("Session: ");
    return at == std::string::npos ? "none" : answer.substr(at + 9, answer.find(';', at) - at - 9);
  };
  launch(1, false);
  const std::string first = session_in(set_up(""));
  launch(2, false);
  const std::string second = session_in(set_up(""));
  EXPECT_NE(first, second);
  heard.clear();
  (void)set_up(first);
  (void)set_up(second);
  (void)set_up(first);
  EXPECT_EQ(heard, (std::vector{LaunchId{1}, LaunchId{2}, LaunchId{1}}));
  (void)set_up("of somebody else");
  EXPECT_EQ(heard.back(), LaunchId{2}) << "the newest, as without a name";

  heard.clear();
  launch(3, false, *Endpoint::parse("10.0.0.9:1"));
  (void)set_up("000000000003");
  EXPECT_EQ(heard, std::vector{LaunchId{2}}) << "a name counts only from the launch's own address";
}

TEST_F(RtspServerTest, AnswersALaunchAndCloses) {
  launch(1, false);
  EXPECT_EQ(answer_to(kOptions), "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n");
  EXPECT_EQ(heard, std::vector{LaunchId{1}});
}

TEST_F(RtspServerTest, ForgetsAConnectionThatAProcessBeingStartedStillHolds) {
  launch(1, false);
  std::optional<Caller> caller(server->address());
  turn();
  const pid_t child = fork();
  if (child == 0) pause();
  caller->say(kOptions);
  turn();
  EXPECT_TRUE(caller->answer());
  caller.reset();
  turn();
  EXPECT_EQ(answer_to(kOptions), "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n");
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

TEST_F(RtspServerTest, AnswersNobodyElse) {
  EXPECT_EQ(answer_to(""), "");  // a client that looks whether the port is open
  launch(1, false, Endpoint::ipv4({192, 0, 2, 1}, 1));
  EXPECT_EQ(answer_to(kOptions), "");
  // To whom encryption was promised plain text is a stranger's.
  launch(2, true);
  EXPECT_EQ(answer_to(kOptions), "");
  EXPECT_EQ(answer_to(seal(kOptions, key_of(std::string(32, 'f')))), "");
  EXPECT_TRUE(heard.empty());
  EXPECT_EQ(server->counts().unknown, 3u);
}

TEST_F(RtspServerTest, KnowsALaunchByTheKeyThatOpens) {
  launch(1, true);
  const Launch& second = launch(2, true, Endpoint::ipv4({192, 0, 2, 1}, 1));
  const std::string answer = answer_to(seal(kOptions, second.key));
  EXPECT_EQ(heard, std::vector{LaunchId{2}});
  ASSERT_GT(answer.size(), 24u);
  EXPECT_EQ(answer.size(), 24 + std::string("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n").size());
}

TEST_F(RtspServerTest, TakesThePlainClientOfAnAddressForItsNewestLaunch) {
  launch(1, false);
  launch(2, false);
  const std::string answer = answer_to("SETUP streamid=control/13/0 RTSP/1.0\r\nCSeq: 5\r\n\r\n");
  EXPECT_NE(answer.find("X-SS-Connect-Data: 2\r\n"), std::string::npos) << answer;
}

TEST_F(RtspServerTest, StartsTheStreamBeforeItAnswers) {
  launch(1, false);
  EXPECT_EQ(answer_to("PLAY / RTSP/1.0\r\nCSeq: 7\r\n\r\n").substr(9, 3), "455");
  EXPECT_EQ(answer_to(announcement()).substr(9, 3), "200");
  ASSERT_EQ(announced.size(), 1u);
  EXPECT_EQ(to_string(announced[0].second.mode), "1920x1080@60");
  EXPECT_EQ(answer_to("PLAY / RTSP/1.0\r\nCSeq: 7\r\n\r\n").substr(9, 3), "200");
  EXPECT_EQ(answer_to("PLAY / RTSP/1.0\r\nCSeq: 8\r\n\r\n").substr(9, 3), "200");
  EXPECT_EQ(played, std::vector{LaunchId{1}});
}

TEST_F(RtspServerTest, SaysWhyAStreamCannotBe) {
  launch(1, false);
  starting = fail(ErrorKind::unavailable, "no display");
  const std::string answer = answer_to(announcement());
  EXPECT_EQ(answer.substr(9, 3), "503");
  EXPECT_NE(answer.find("no display"), std::string::npos);
  EXPECT_EQ(answer_to("PLAY / RTSP/1.0\r\nCSeq: 7\r\n\r\n").substr(9, 3), "455");
  starting = {};
  EXPECT_EQ(answer_to(announcement()).substr(9, 3), "200");
}

TEST_F(RtspServerTest, PutsARequestTogetherFromItsBytes) {
  launch(1, false);
  Caller caller(server->address());
  turn();
  for (const char c : kOptions) {
    EXPECT_FALSE(caller.answer());
    caller.say(std::string_view(&c, 1));
    turn(1);
  }
  turn();
  EXPECT_EQ(caller.answer()->substr(0, 15), "RTSP/1.0 200 OK");
}

TEST_F(RtspServerTest, ForgetsALaunchThatIsOver) {
  launch(1, false);
  EXPECT_EQ(answer_to(announcement()).substr(9, 3), "200");
  launches.clear();
  EXPECT_EQ(answer_to(kOptions), "");
  launch(2, false);
  EXPECT_EQ(answer_to(announcement()).substr(9, 3), "200");
  EXPECT_EQ(announced.size(), 2u);
}

TEST_F(RtspServerTest, EndsWhatIsNoRequestAtOnce) {
  launch(1, true);
  EXPECT_EQ(answer_to("GET / HTTP/1.1\r\n\r\n"), "");
  EXPECT_EQ(answer_to(std::string(20'000, 'a')), "");
  EXPECT_EQ(answer_to(std::string("\xff\xff\xff\xff", 4)), "");  // two gigabytes, sealed
  EXPECT_EQ(answer_to(seal(kOptions, launches.front().key) + "more"), "");
  EXPECT_EQ(server->counts().malformed, 4u);
}

TEST_F(RtspServerTest, GivesAHalfOpenOneItsTimeAndNotMore) {
  launch(1, false);
  Caller caller(server->address());
  turn();
  caller.say("OPTIONS ");
  turn();
  EXPECT_EQ(server->next_timeout(), now + RtspServer::kPatience);
  EXPECT_FALSE(caller.answer());
  now += RtspServer::kPatience;
  turn();
  EXPECT_TRUE(caller.answer());
  EXPECT_FALSE(server->next_timeout());
  EXPECT_EQ(server->counts().timed_out, 1u);
}

TEST_F(RtspServerTest, LetsNobodyHoldAClientUp) {
  launch(1, false);
  std::vector<Caller> idle;
  for (int i = 0; i < 200; ++i) {
    idle.emplace_back(server->address());
    turn(1);
  }
  EXPECT_EQ(answer_to(kOptions).substr(0, 15), "RTSP/1.0 200 OK");
  launches.clear();
  launch(2, false, Endpoint::ipv4({192, 0, 2, 1}, 1));  // now all of them are strangers
  for (int i = 0; i < 200; ++i) {
    idle.emplace_back(server->address());
    turn(1);
  }
  EXPECT_GE(server->counts().pushed_out, 300u);
  std::size_t open = 0;
  turn();
  for (Caller& caller : idle) open += caller.answer() ? 0 : 1;
  EXPECT_LE(open, RtspServer::kMaxConnections);
}

TEST_F(RtspServerTest, IsReadableOnlyWhileThereIsSomethingToDo) {
  launch(1, false);
  const auto readable = [&] {
    pollfd fd{.fd = server->poll_handle(), .events = POLLIN, .revents = 0};
    return ::poll(&fd, 1, 0) == 1;
  };
  EXPECT_FALSE(readable());
  Caller caller(server->address());
  EXPECT_TRUE(readable());
  turn();
  EXPECT_FALSE(readable());
  caller.say(kOptions);
  EXPECT_TRUE(readable());
  turn();
  EXPECT_FALSE(readable());
  // What comes after the answer does not keep anybody awake either.
  caller.say("more");
  turn();
  EXPECT_FALSE(readable());
}

TEST(RtspServer, SaysThatItsPortIsTaken) {
  const RtspCallbacks none{.launches = [] { return std::vector<const Launch*>(); },
                           .heard = {},
                           .announce = {},
                           .play = {}};
  auto first = RtspServer::open({.listen = Endpoint::loopback(0), .offer = {}, .ports = {}}, none);
  ASSERT_TRUE(first);
  auto second = RtspServer::open({.listen = (*first)->address(), .offer = {}, .ports = {}}, none);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::refused);
}

}  // namespace
}  // namespace pf::gamestream
