#include "host/http/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <thread>

#include "core/crypto/rsa.h"
#include "host/http/client_testing.h"

namespace pf::http {
namespace {

Response echo(const Request& request) {
  return {.headers = {{"Content-Type", "text/plain"}},
          .body = request.method + " " + request.target + " " + request.body};
}

void echo_at_once(const Request& request, Reply reply) { reply.send(echo(request)); }

ServerParams plain(const Limits& limits = {}) {
  return {.name = "test", .listen = {{.endpoint = Endpoint::loopback(0)}}, .limits = limits};
}

// Keeps what it is asked, for a thread of the test.
struct Waiting {
  std::mutex mutex;
  std::vector<Reply> replies;
  Handler handler() {
    return [this](Request&&, Reply reply) {
      std::lock_guard lock(mutex);
      replies.push_back(std::move(reply));
    };
  }
  Reply next() {
    for (;;) {
      {
        std::lock_guard lock(mutex);
        if (!replies.empty()) {
          Reply reply = std::move(replies.back());
          replies.pop_back();
          return reply;
        }
      }
      std::this_thread::sleep_for(milliseconds(1));
    }
  }
};

template <class Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < kTestPatienceMs; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(1));
  }
  return false;
}

TEST(HttpServer, AnswersManyRequestsOnOneConnection) {
  const Server server = *Server::open(plain(), echo_at_once);
  TestingClient client(server.endpoint());
  EXPECT_EQ(client.get("/one").body, "GET /one ");
  EXPECT_EQ(client.ask("PUT", "/two", {}, "body").body, "PUT /two body");
  EXPECT_EQ(client.ask("HEAD", "/three").status, 200);
  const Response last = client.ask("GET", "/four", {{"Connection", "close"}});
  EXPECT_EQ(last.body, "GET /four ");
  EXPECT_EQ(find_header(last.headers, "connection"), "close");
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(server.counters().accepted, 1U);
  EXPECT_EQ(server.counters().requests, 4U);
}

TEST(HttpServer, TellsWhoAsksAndWhere) {
  Request seen;
  const Server server = *Server::open(plain(), [&](Request&& request, Reply reply) {
    seen = std::move(request);
    reply.send({});
  });
  TestingClient client(server.endpoint());
  ASSERT_EQ(client.get("/").status, 200);
  EXPECT_EQ(seen.local, server.endpoint());
  EXPECT_TRUE(seen.peer.same_address(Endpoint::loopback(0)));
  EXPECT_FALSE(seen.over_tls);
}

TEST(HttpServer, EndsTheConnectionWithAnAnswerThatIsTheLast) {
  const Server server = *Server::open(plain(), [](const Request& request, Reply reply) {
    Response response = echo(request);
    response.last = true;
    reply.send(std::move(response));
  });
  TestingClient client(server.endpoint());
  const Response response = client.get("/");
  EXPECT_EQ(find_header(response.headers, "Connection"), "close");
  EXPECT_TRUE(client.ended());
}

TEST(HttpServer, AnswersPipelinedRequestsInTheirOrder) {
  Waiting waiting;
  const Server server = *Server::open(plain(), [&](Request&& request, Reply reply) {
    if (request.target == "/slow") return waiting.handler()(std::move(request), std::move(reply));
    echo_at_once(request, std::move(reply));
  });
  TestingClient client(server.endpoint());
  std::string many = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";
  for (int i = 0; i < 3000; ++i) many += "GET /fast HTTP/1.1\r\nHost: a\r\n\r\n";
  ASSERT_TRUE(client.send(many));
  waiting.next().send(text_response(200, "slow"));
  EXPECT_EQ(client.answer().body, "slow\n");
  for (int i = 0; i < 3000; ++i) ASSERT_EQ(client.answer().body, "GET /fast ") << i;
}

TEST(HttpServer, AnswersLaterFromAnotherThread) {
  Waiting waiting;
  const Server server = *Server::open(plain(), waiting.handler());
  TestingClient client(server.endpoint());
  std::thread other([&] { waiting.next().send(text_response(202, "later")); });
  EXPECT_EQ(client.get("/").status, 202);
  other.join();
}

TEST(HttpServer, NeverLeavesARequestWithoutAnAnswer) {
  const Server server = *Server::open(plain(), [](Request&&, Reply) {});
  TestingClient client(server.endpoint());
  EXPECT_EQ(client.get("/").status, 500);
}

TEST(HttpServer, TellsTheHandlerThatThePeerIsGone) {
  Waiting waiting;
  const Server server = *Server::open(plain(), waiting.handler());
  auto client = std::make_unique<TestingClient>(server.endpoint());
  client->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  Reply reply = waiting.next();
  EXPECT_FALSE(reply.abandoned());
  client.reset();
  EXPECT_TRUE(eventually([&] { return reply.abandoned(); }));
  reply.send({});
  EXPECT_TRUE(eventually([&] { return server.counters().connections == 0; }));
}

TEST(HttpServer, OutlivesNoReplyAndNoReplyOutlivesItBadly) {
  Waiting waiting;
  std::optional<Server> server = *Server::open(plain(), waiting.handler());
  TestingClient client(server->endpoint());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  Reply reply = waiting.next();
  server.reset();
  EXPECT_TRUE(client.ended());
  EXPECT_TRUE(reply.abandoned());
  reply.send({});
}

TEST(HttpServer, RefusesALargeBodyBeforeItIsSent) {
  std::atomic<int> asked{0};
  const Server server = *Server::open(plain(), [&](Request&&, Reply reply) {
    ++asked;
    reply.send({});
  });
  TestingClient client(server.endpoint());
  // The sender goes on for a while before it reads: the answer survives that.
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 104857600\r\n\r\n");
  client.send(std::string(1 << 20, 'x'));
  EXPECT_EQ(client.answer().status, 413);
  EXPECT_EQ(asked, 0);
}

TEST(HttpServer, InvitesABodyThatWaitsToBeInvited) {
  const Server server = *Server::open(plain(), echo_at_once);
  TestingClient client(server.endpoint());
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  EXPECT_EQ(client.answer().body, "POST / body");
}

TEST(HttpServer, CutsOffHeadersThatTrickleIn) {
  const Server server = *Server::open(plain({.header_patience = milliseconds(200)}), echo_at_once);
  TestingClient client(server.endpoint());
  const std::string slow = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  client.send(slow);
  for (int i = 0; i < 200 && client.send("x"); ++i) {
    pollfd readable{.fd = client.fd(), .events = POLLIN};
    if (::poll(&readable, 1, 10) > 0) break;
  }
  EXPECT_EQ(client.answer().status, 408);
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(server.counters().dropped, 1U);
}

TEST(HttpServer, HangsUpOnTheIdleAndSaysWhenNoAnswerWasFound) {
  Waiting waiting;
  const Server server =
      *Server::open(plain({.idle_patience = milliseconds(50), .answer_patience = milliseconds(50)}),
                    waiting.handler());
  TestingClient idle(server.endpoint());
  EXPECT_TRUE(idle.ended());
  EXPECT_EQ(idle.rest(), "");
  TestingClient client(server.endpoint());
  EXPECT_EQ(client.get("/").status, 504);
  Reply late = waiting.next();
  EXPECT_TRUE(late.abandoned());
  late.send({});
}

TEST(HttpServer, LetsTheSilentMakeRoomForTheNext) {
  const Server server = *Server::open(plain({.max_connections = 3}), echo_at_once);
  TestingClient asked(server.endpoint());
  ASSERT_EQ(asked.get("/").status, 200);
  TestingClient silent_1(server.endpoint()), silent_2(server.endpoint());
  TestingClient next(server.endpoint());
  EXPECT_EQ(next.get("/").status, 200);
  EXPECT_TRUE(silent_1.ended());
  EXPECT_EQ(asked.get("/").status, 200);
}

TEST(HttpServer, StreamsToManyReadersAtOnce) {
  Waiting waiting;
  const Server server = *Server::open(plain(), waiting.handler());
  constexpr int kReaders = 200;
  std::vector<std::unique_ptr<TestingClient>> readers;
  std::vector<Stream> streams;
  for (int i = 0; i < kReaders; ++i) {
    readers.push_back(std::make_unique<TestingClient>(server.endpoint()));
    readers.back()->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    streams.push_back(
        waiting.next().stream({.headers = {{"Content-Type", "text/event-stream"}}, .body = "a"}));
  }
  for (Stream& stream : streams) EXPECT_TRUE(stream.write("bc"));
  streams.clear();
  for (auto& reader : readers) EXPECT_EQ(reader->answer().body, "abc");
  EXPECT_TRUE(eventually([&] { return server.counters().connections == 0; }));
}

TEST(HttpServer, DropsAStreamsReaderWhoReadsTooSlowly) {
  Waiting waiting;
  const Server server = *Server::open(plain(), waiting.handler());
  TestingClient slow(server.endpoint());
  slow.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  Stream stream = waiting.next().stream({});
  const std::string event(64 * 1024, 'e');
  EXPECT_TRUE(eventually([&] { return !stream.write(event); }));
  EXPECT_FALSE(stream.open());
  EXPECT_TRUE(eventually([&] { return server.counters().connections == 0; }));
}

TEST(HttpServer, NoticesThatAStreamsReaderIsGone) {
  Waiting waiting;
  const Server server = *Server::open(plain(), waiting.handler());
  auto reader = std::make_unique<TestingClient>(server.endpoint());
  reader->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  Stream stream = waiting.next().stream({});
  EXPECT_FALSE(reader->receive_until("\r\n\r\n").empty());
  reader.reset();
  EXPECT_TRUE(eventually([&] { return !stream.open(); }));
}

TEST(HttpServer, NamesTheSettingOfAPortThatIsTaken) {
  const Server server = *Server::open(plain(), echo_at_once);
  const auto second = Server::open(
      {.name = "test", .listen = {{.endpoint = server.endpoint(), .setting = "management.port"}}},
      echo_at_once);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, ErrorKind::refused);
  EXPECT_EQ(second.error().os_code, EADDRINUSE);
  EXPECT_NE(second.error().what.find("management.port"), std::string::npos);
  EXPECT_NE(second.error().what.find(std::to_string(server.endpoint().port())), std::string::npos);
}

}  // namespace
}  // namespace pf::http
