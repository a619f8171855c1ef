#include <gtest/gtest.h>

#include "host/admin/admin_testing.h"
#include "host/management/event_watch.h"
#include "host/management/login_book.h"
#include "host/management/router.h"

namespace pf::management {
namespace {

TEST(Router, DecodesWhatStandsInThePath) {
  const auto found = find_route("DELETE", "/api/v1/tokens/a%20b%2Fc?x=1&y");
  const auto& match = std::get<Match>(found);
  EXPECT_EQ(match.route->id, "revokeToken");
  EXPECT_EQ(match.path[0].second, "a b/c");
  EXPECT_EQ(match.query.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<NoSuchPath>(find_route("GET", "/api/v1/tokens/%0a")));
  EXPECT_TRUE(std::holds_alternative<NoSuchPath>(find_route("GET", "/api/v1")));
  EXPECT_TRUE(std::holds_alternative<NoSuchPath>(find_route("GET", "/api/v1/host/")));
}

TEST(LoginBook, ForgetsWhoIsIdleAndWhoUsedAnOlderPassword) {
  SeededRng rng(1);
  LoginBook book;
  const LocalTime now{};
  const std::string cookie = book.add(1, rng, now).cookie;
  EXPECT_NE(book.find(cookie, 1, now + LoginBook::kIdle / 2), nullptr);
  EXPECT_NE(book.find(cookie, 1, now + LoginBook::kIdle), nullptr);
  EXPECT_EQ(book.find(cookie, 2, now + LoginBook::kIdle), nullptr);
  const std::string other = book.add(2, rng, now).cookie;
  EXPECT_EQ(book.find(other, 2, now + LoginBook::kIdle), nullptr);
}

TEST(LoginBook, ToWatchIsNoUse) {
  SeededRng rng(1);
  LoginBook book;
  const LocalTime now{};
  const std::string cookie = book.add(1, rng, now).cookie;
  EXPECT_TRUE(book.knows(cookie, 1, now + LoginBook::kIdle / 2));
  EXPECT_FALSE(book.knows("", 1, now));
  EXPECT_FALSE(book.knows(cookie, 1, now + LoginBook::kIdle));
}

TEST(LoginBook, KeepsThoseWhoWereUsedLast) {
  SeededRng rng(1);
  LoginBook book;
  LocalTime now{};
  const std::string first = book.add(1, rng, now).cookie;
  for (std::size_t i = 0; i < LoginBook::kMaxLogins; ++i) book.add(1, rng, now += seconds(1));
  EXPECT_EQ(book.find(first, 1, now), nullptr);
}

TEST(LoginLimit, LetsAnAddressTryAgainAfterTheWindow) {
  LoginLimit limit;
  const LocalTime now{};
  const Endpoint guesser = Endpoint::loopback(1), other = Endpoint::ipv4({10, 0, 0, 1}, 1);
  for (std::size_t i = 0; i < LoginLimit::kMaxPerAddress; ++i) limit.failed(guesser, now);
  EXPECT_TRUE(limit.must_wait(guesser, now));
  EXPECT_FALSE(limit.must_wait(other, now));
  EXPECT_FALSE(limit.must_wait(guesser, now + LoginLimit::kWindow));
}

TEST(EventLog, ResumesWhereAReaderWas) {
  EventLog log("run");
  log.add("session.added", {{"number", 1}});
  log.add("session.removed", {{"number", 1}});
  EXPECT_EQ(log.text(*log.since(0).events[0]),
            "id: run-1\nevent: session.added\ndata: {\"number\":1}\n\n");
  const auto rest = log.since_id("run-1");
  ASSERT_EQ(rest.events.size(), 1u);
  EXPECT_FALSE(rest.dropped);
  for (const char* foreign : {"other-1", "run-9", "run-x", "run-", "", "run"})
    EXPECT_TRUE(log.since_id(foreign).dropped) << foreign;
}

TEST(EventLog, SaysWhenAReaderMissedSomething) {
  EventLog log("run");
  for (std::size_t i = 0; i < EventLog::kMaxEvents + 2; ++i) log.add("health.changed", {});
  EXPECT_TRUE(log.since_id("run-1").dropped);
  EXPECT_FALSE(log.since_id("run-2").dropped);
  EXPECT_EQ(log.since_id("run-1").events.size(), EventLog::kMaxEvents);
}

TEST(EventWatch, TellsWhatCameChangedAndWent) {
  admin::TestingHost host;
  EventLog log("run");
  EventWatch watch;
  const auto device = host.pair(1, "tablet");
  watch.look(host.administration, log);
  EXPECT_EQ(log.newest(), 0u) << "the first look is no news";
  watch.look(host.administration, log);
  EXPECT_EQ(log.newest(), 0u) << "nor is time going by";
  host.sessions = {{.number = 4, .device_name = "tv", .remote = Endpoint::loopback(9)}};
  ASSERT_TRUE(host.trust->rename(device, "Anna's"));
  watch.look(host.administration, log);
  host.sessions.clear();
  ASSERT_TRUE(host.trust->unpair(device));
  watch.look(host.administration, log);
  std::vector<std::string> kinds;
  for (const Event* event : log.since(0).events) kinds.push_back(event->kind);
  EXPECT_EQ(kinds, (std::vector<std::string>{"session.added", "device.changed", "session.removed",
                                             "device.removed"}));
}

}  // namespace
}  // namespace pf::management
