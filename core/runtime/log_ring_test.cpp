#include "core/runtime/log_ring.h"

#include <thread>

#include <gtest/gtest.h>

#include "core/runtime/redact.h"

namespace pf {
namespace {

using log::Level;

void add(LogRing& ring, int count, Level level = Level::info, const char* category = "host") {
  for (int i = 0; i < count; ++i) ring.add(level, category, "line " + std::to_string(i), {});
}

TEST(LogRing, GoesOnWhereAReaderWas) {
  LogRing ring;
  add(ring, 5);
  const auto first = ring.page({.most = 3});
  ASSERT_EQ(first.lines.size(), 3u);
  EXPECT_EQ(first.lines.front().number, 1u);
  EXPECT_EQ(first.next, 3u);
  const auto second = ring.page({.after = first.next, .most = 3});
  ASSERT_EQ(second.lines.size(), 2u);
  EXPECT_EQ(second.lines.front().text, "line 3");
  EXPECT_EQ(second.next, 5u);
  EXPECT_TRUE(ring.page({.after = second.next}).lines.empty());
  EXPECT_FALSE(second.dropped);
}

TEST(LogRing, FiltersByLevelAndCategoryAndSkipsWhatDoesNotSuit) {
  LogRing ring;
  add(ring, 2, Level::debug, "quic");
  add(ring, 2, Level::warning, "session 3");
  add(ring, 2, Level::info, "session 3");
  EXPECT_EQ(ring.page({.least = Level::warning}).lines.size(), 2u);
  EXPECT_EQ(ring.page({.category = "session"}).lines.size(), 4u);
  const auto none = ring.page({.category = "mdns"});
  EXPECT_TRUE(none.lines.empty());
  EXPECT_EQ(none.next, 6u);  // nobody looks at those again
}

TEST(LogRing, GivesTheNewestWhenAsked) {
  LogRing ring;
  add(ring, 10);
  const auto page = ring.page({.most = 2, .newest = true});
  ASSERT_EQ(page.lines.size(), 2u);
  EXPECT_EQ(page.lines[0].number, 9u);
  EXPECT_EQ(page.next, 10u);
}

TEST(LogRing, ForgetsTheOldestAndSaysSo) {
  LogRing ring;
  add(ring, static_cast<int>(LogRing::kMaxLines) + 10);
  EXPECT_EQ(ring.page({}).lines.size(), LogRing::kMaxLines);
  EXPECT_FALSE(ring.page({}).dropped);  // nobody was promised the first
  EXPECT_TRUE(ring.page({.after = 3}).dropped);
  EXPECT_FALSE(ring.page({.after = 10}).dropped);
  // A reader of a host that was started anew.
  EXPECT_TRUE(ring.page({.after = 1'000'000}).dropped);
  EXPECT_EQ(ring.page({.after = 1'000'000}).lines.size(), LogRing::kMaxLines);
}

TEST(LogRing, TakesLinesOfSeveralThreads) {
  LogRing ring;
  std::thread other([&] { add(ring, 500); });
  add(ring, 500);
  other.join();
  EXPECT_EQ(ring.page({}).next, 1000u);
}

TEST(LogRing, CutsALineThatIsTooLong) {
  LogRing ring;
  ring.add(Level::info, "host", std::string(1 << 20, 'x'), {});
  EXPECT_EQ(ring.page({}).lines.front().text.size(), LogRing::kMaxTextBytes);
}

TEST(Redact, TakesOutWhatIsNobodysBusiness) {
  const std::string hex64(64, 'a'), hex32(32, 'b');
  const std::pair<std::string, std::string> cases[] = {
      {"token pf_" + hex64 + " was used", "token [removed] was used"},
      {"Authorization: Bearer pf_" + hex64, "Authorization: Bearer [removed]"},
      {"authorization: Basic", "authorization: [removed]"},
      {"password=hunter2 user=me", "password=[removed] user=me"},
      {R"({"password": "hunter2", "a": 1})", R"({"password": "[removed]", "a": 1})"},
      {"GET /launch?rikey=" + hex32 + "&rikeyid=7&mode=1",
       "GET /launch?rikey=[removed]&rikeyid="
       "[removed]&mode=1"},
      {"the PIN: 1234", "the PIN: [removed]"},
      {"Cookie: __Host-punktfunk=abc; x", "Cookie: [removed]; x"},
      {"csrf_token=abc", "csrf_token=[removed]"},
      {"a key " + hex32 + " here", "a key [removed] here"},
      {"-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY----- x", "[removed] x"},
      {"-----BEGIN PRIVATE KEY-----\nMIIB", "[removed]"},
  };
  for (const auto& [text, wanted] : cases) EXPECT_EQ(redacted(text), wanted);
}

TEST(Redact, LeavesTheRestAlone) {
  const std::string fingerprint(64, 'c');
  for (const std::string& text :
       {std::string("session 3: the first key frame was sent"), "fingerprint " + fingerprint,
        std::string("listening on [::]:47990"), std::string("a PIN was made"), std::string(),
        std::string("the token \"backup\" was revoked"), std::string("keyboard: layout de")})
    EXPECT_EQ(redacted(text), text);
}

}  // namespace
}  // namespace pf
