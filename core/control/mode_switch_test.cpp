#include "core/control/mode_switch.h"

#include <gtest/gtest.h>

#include <vector>

namespace pf::control {
namespace {

constexpr ModeLimits kLimits{
    .smallest_px = {64, 64}, .largest_px = {7680, 4320}, .highest_refresh_hz = 480};
constexpr DisplayMode kFirst{{1280, 720}, {60, 1}};
constexpr DisplayMode kSecond{{1920, 1080}, {120, 1}};
constexpr DisplayMode kThird{{800, 600}, {30, 1}};
constexpr LocalTime kStart{seconds(5)};

TEST(ModeSwitch, AcceptsBeforeAnythingIsRebuilt) {
  ModeSwitch host(kFirst, kLimits);
  const auto answer = host.on_request(kSecond, kStart);
  EXPECT_EQ(answer.message, (message::Reconfigured{.accepted = true, .mode = kSecond}));
  EXPECT_TRUE(answer.rebuild);
  EXPECT_FALSE(host.on_built(kSecond, kSecond)) << "the client knows already";
}

TEST(ModeSwitch, RefusesForHalfASecondAfterAnAcceptedOneAndSaysWhatHolds) {
  ModeSwitch host(kFirst, kLimits);
  host.on_request(kSecond, kStart);
  for (const Nanos after : {milliseconds(0), milliseconds(499)}) {
    const auto answer = host.on_request(kThird, kStart + after);
    EXPECT_EQ(answer.message, (message::Reconfigured{.accepted = false, .mode = kSecond}));
    EXPECT_FALSE(answer.rebuild);
  }
  EXPECT_TRUE(host.on_request(kThird, kStart + milliseconds(500)).rebuild)
      << "refused requests do not start the time anew";
}

TEST(ModeSwitch, AnswersTheModeInForceWithoutRebuilding) {
  ModeSwitch host(kFirst, kLimits);
  const auto answer = host.on_request(kFirst, kStart);
  EXPECT_TRUE(answer.message.accepted);
  EXPECT_FALSE(answer.rebuild);
  EXPECT_TRUE(host.on_request(kSecond, kStart).rebuild) << "nothing was switched yet";
}

TEST(ModeSwitch, RefusesWhatItCannotShow) {
  ModeSwitch host(kFirst, kLimits);
  for (const DisplayMode& wrong :
       {DisplayMode{{63, 720}, {60, 1}}, DisplayMode{{1280, 63}, {60, 1}},
        DisplayMode{{7681, 720}, {60, 1}}, DisplayMode{{1280, 0xFFFFFFFF}, {60, 1}},
        DisplayMode{{1280, 720}, {0, 1}}, DisplayMode{{1280, 720}, {481, 1}},
        DisplayMode{{1280, 720}, {60, 0}}}) {
    const auto answer = host.on_request(wrong, kStart);
    EXPECT_EQ(answer.message, (message::Reconfigured{.accepted = false, .mode = kFirst}));
    EXPECT_FALSE(answer.rebuild);
  }
}

TEST(ModeSwitch, ALockedModeStays) {
  ModeSwitch host(kFirst, std::nullopt);
  EXPECT_FALSE(host.on_request(kSecond, kStart).message.accepted);
  EXPECT_EQ(host.on_built(std::nullopt, kThird),
            (message::Reconfigured{.accepted = true, .mode = kThird}))
      << "but who owns the screen may change it";
}

TEST(ModeSwitch, CorrectsItselfWhenTheSwitchFails) {
  ModeSwitch host(kFirst, kLimits);
  host.on_request(kSecond, kStart);
  EXPECT_EQ(host.on_built(kSecond, kFirst),
            (message::Reconfigured{.accepted = true, .mode = kFirst}));
  EXPECT_EQ(host.mode(), kFirst);
}

TEST(ModeSwitch, SaysNothingOfAModeThatIsAlreadyBeingReplaced) {
  ModeSwitch host(kFirst, kLimits);
  host.on_request(kSecond, kStart);
  host.on_request(kThird, kStart + milliseconds(500));
  EXPECT_FALSE(host.on_built(kSecond, kSecond));
  EXPECT_FALSE(host.on_built(std::nullopt, kSecond)) << "it broke in between";
  EXPECT_FALSE(host.on_built(kThird, kThird));
  EXPECT_EQ(host.mode(), kThird);
}

TEST(ModeRequests, AsksAtOnceAndThenTheNewestEvery500Ms) {
  ModeRequests client(kFirst);
  EXPECT_FALSE(client.next_timeout());
  client.want(kSecond);
  EXPECT_EQ(client.poll(kStart), message::Reconfigure{kSecond});
  EXPECT_FALSE(client.poll(kStart));
  client.on_answer({.accepted = true, .mode = kSecond});
  client.want(kThird);
  client.want(kFirst);
  EXPECT_EQ(client.next_timeout(), kStart + milliseconds(500));
  EXPECT_FALSE(client.poll(kStart + milliseconds(499)));
  EXPECT_EQ(client.poll(kStart + milliseconds(500)), message::Reconfigure{kFirst});
}

TEST(ModeRequests, WaitsForTheAnswerBeforeItAsksForAnother) {
  ModeRequests client(kFirst);
  client.want(kSecond);
  client.poll(kStart);
  client.want(kThird);
  EXPECT_FALSE(client.poll(kStart + seconds(1)));
  EXPECT_EQ(client.poll(kStart + seconds(2)), message::Reconfigure{kThird}) << "but not for ever";
}

TEST(ModeRequests, RepeatsWhatWasRefusedAsTooEarly) {
  ModeRequests client(kFirst);
  client.want(kSecond);
  client.poll(kStart);
  EXPECT_FALSE(client.on_answer({.accepted = false, .mode = kFirst}));
  EXPECT_EQ(client.poll(kStart + milliseconds(500)), message::Reconfigure{kSecond});
  const auto news = client.on_answer({.accepted = true, .mode = kSecond});
  ASSERT_TRUE(news);
  EXPECT_TRUE(news->accepted);
  EXPECT_FALSE(client.next_timeout());
}

TEST(ModeRequests, TakesANoAfterAFewRefusals) {
  ModeRequests client(kFirst);
  client.want(kSecond);
  LocalTime now = kStart;
  for (int i = 1; i < ModeRequests::kMaxAttempts; ++i, now += milliseconds(500)) {
    ASSERT_TRUE(client.poll(now));
    ASSERT_FALSE(client.on_answer({.accepted = false, .mode = kFirst}));
  }
  ASSERT_TRUE(client.poll(now));
  const auto news = client.on_answer({.accepted = false, .mode = kFirst});
  ASSERT_TRUE(news);
  EXPECT_FALSE(news->accepted);
  EXPECT_EQ(news->mode, kFirst);
  EXPECT_FALSE(client.next_timeout());
}

TEST(ModeRequests, DoesNotFightACorrection) {
  ModeRequests client(kFirst);
  client.want(kSecond);
  client.poll(kStart);
  client.on_answer({.accepted = true, .mode = kSecond});
  const auto news = client.on_answer({.accepted = true, .mode = kThird});
  ASSERT_TRUE(news);
  EXPECT_EQ(news->mode, kThird);
  EXPECT_FALSE(client.next_timeout());
}

TEST(ModeRequests, ACorrectionIsNoAnswerToTheNextRequest) {
  ModeRequests client(kFirst);
  client.want(kSecond);
  client.poll(kStart);
  client.on_answer({.accepted = true, .mode = kSecond});
  client.want(kThird);
  client.poll(kStart + milliseconds(500));
  client.on_answer({.accepted = true, .mode = kFirst});   // the first switch failed
  client.on_answer({.accepted = false, .mode = kFirst});  // and the second came too early
  EXPECT_EQ(client.poll(kStart + seconds(1)), message::Reconfigure{kThird});
}

TEST(ModeRequests, GivesUpOnAHostThatDoesNotAnswer) {
  ModeRequests client(kFirst);
  client.want(kSecond);
  int requests = 0;
  for (LocalTime now = kStart; now < kStart + seconds(60); now += milliseconds(100))
    requests += client.poll(now) ? 1 : 0;
  EXPECT_EQ(requests, ModeRequests::kMaxAttempts);
  EXPECT_FALSE(client.next_timeout());
}

TEST(ModeRequests, AWindowThatReturnsToItsSizeAsksForNothing) {
  ModeRequests client(kFirst);
  client.want(kSecond);
  client.want(kFirst);
  EXPECT_FALSE(client.next_timeout());
}

// A window dragged for three seconds at 60 sizes a second over a path of 40 ms: the last size wins,
// and the host rebuilds at most every 500 ms.
TEST(ModeSwitch, TheLastSizeOfADraggedWindowWins) {
  ModeSwitch host(kFirst, kLimits);
  ModeRequests client(kFirst);
  std::vector<LocalTime> rebuilt;
  std::optional<std::pair<LocalTime, message::Reconfigure>> request;
  std::optional<std::pair<LocalTime, message::Reconfigured>> answer;
  DisplayMode last = kFirst;
  for (LocalTime now = kStart; now < kStart + seconds(5); now += milliseconds(1)) {
    const auto elapsed = std::chrono::duration_cast<milliseconds>(now - kStart).count();
    if (elapsed < 3000 && elapsed % 16 == 0) {
      last.size_px.width = 800 + static_cast<std::uint32_t>(elapsed / 16);
      client.want(last);
    }
    if (answer && answer->first <= now) {
      client.on_answer(answer->second);
      answer.reset();
    }
    if (auto asked = client.poll(now)) {
      // Every other request is quicker than the one before: it comes too early.
      request.emplace(now + milliseconds(rebuilt.size() % 2 == 0 ? 40 : 20), *asked);
    }
    if (request && request->first <= now) {
      const auto said = host.on_request(request->second.mode, now);
      if (said.rebuild) rebuilt.push_back(now);
      answer.emplace(now + milliseconds(20), said.message);
      request.reset();
    }
  }
  EXPECT_EQ(host.mode(), last);
  ASSERT_GT(rebuilt.size(), 3u);
  for (std::size_t i = 1; i < rebuilt.size(); ++i)
    EXPECT_GE(rebuilt[i] - rebuilt[i - 1], milliseconds(500));
}

}  // namespace
}  // namespace pf::control
