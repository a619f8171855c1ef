#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/runtime/backoff.h"
#include "core/runtime/doorbell.h"
#include "core/runtime/fifo.h"
#include "core/runtime/latest.h"
#include "core/runtime/log.h"
#include "core/runtime/mailbox.h"
#include "core/runtime/published.h"
#include "core/runtime/supervised_thread.h"
#include "core/runtime/system_clock.h"

namespace pf {
namespace {

constexpr BackoffPolicy kAtOnce{
    .first = Nanos(1), .longest = Nanos(1), .forgotten_after = seconds(10)};

TEST(Backoff, DoublesUpToItsBoundAndForgetsAfterHealth) {
  Backoff backoff(
      {.first = milliseconds(50), .longest = seconds(2), .forgotten_after = seconds(10)});
  const LocalTime start;
  std::vector<std::int64_t> pauses_ms;
  for (int i = 0; i < 8; ++i) {
    pauses_ms.push_back(
        std::chrono::duration_cast<milliseconds>(backoff.after_failure(start, start)).count());
  }
  EXPECT_EQ(pauses_ms, (std::vector<std::int64_t>{50, 100, 200, 400, 800, 1600, 2000, 2000}));
  EXPECT_EQ(backoff.after_failure(start, start + seconds(10)), milliseconds(50));
}

TEST(Doorbell, ARingBeforeTheWaitIsNotLostAndManyAreOne) {
  Doorbell bell;
  bell.ring();
  bell.ring();
  bell.wait(seconds(60));  // returns at once, or the test times out
  EXPECT_FALSE(bell.wait_with(-1, Nanos(0)));
}

TEST(Doorbell, EveryValueIsSeenWhoeverRingsWhenever) {
  Doorbell bell;
  Fifo<int, 8> box;
  constexpr int kCount = 20'000;
  std::thread producer([&] {
    for (int i = 0; i < kCount; ++i) {
      while (!box.try_push(int{i})) std::this_thread::yield();
      bell.ring();
    }
  });
  int expected = 0;
  while (expected < kCount) {
    bool any = false;
    while (auto value = box.try_pop()) {
      ASSERT_EQ(*value, expected++);
      any = true;
    }
    // Long enough that a lost ring makes the test time out instead of passing slowly.
    if (!any) bell.wait(seconds(60));
  }
  producer.join();
}

TEST(Latest, KeepsTheNewestAndCountsTheRest) {
  Latest<std::unique_ptr<int>> box;
  box.put(std::make_unique<int>(1));
  box.put(std::make_unique<int>(2));
  EXPECT_EQ(**box.take(), 2);
  EXPECT_FALSE(box.take());
  EXPECT_EQ(box.replaced(), 1u);
}

TEST(Fifo, SaysNoWhenFullAndLeavesTheValueAlone) {
  Fifo<std::unique_ptr<int>, 2> box;
  EXPECT_TRUE(box.try_push(std::make_unique<int>(1)));
  EXPECT_TRUE(box.try_push(std::make_unique<int>(2)));
  auto third = std::make_unique<int>(3);
  EXPECT_FALSE(box.try_push(std::move(third)));
  EXPECT_NE(third, nullptr);
  EXPECT_EQ(**box.try_pop(), 1);
}

TEST(Mailbox, IsBounded) {
  Mailbox<int> box(1);
  EXPECT_TRUE(box.try_push(1));
  EXPECT_FALSE(box.try_push(2));
}

TEST(SupervisedThread, OpensAgainAfterALossAndSaysSo) {
  SystemClock clock;
  HealthBoard board;
  Doorbell bell, done;
  std::atomic<int> shifts{0};
  SupervisedThread thread({"test worker"}, kAtOnce, bell, board, clock,
                          [&](Shift& shift) -> Result<void> {
                            shift.opened();
                            if (++shifts < 3) return fail(ErrorKind::lost, "gone");
                            done.ring();
                            while (!shift.over()) shift.bell().wait(seconds(1));
                            return {};
                          });
  done.wait(seconds(60));
  EXPECT_EQ(shifts, 3);
  ASSERT_EQ(board.rows(clock.now()).size(), 1u);
  EXPECT_EQ(board.rows(clock.now())[0].reopened, 2u);
  EXPECT_EQ(board.rows(clock.now())[0].health, Health::working);
}

TEST(SupervisedThread, DoesNotTryAgainWhatWasRefused) {
  SystemClock clock;
  HealthBoard board;
  Doorbell bell, done;
  std::atomic<int> shifts{0};
  std::atomic<bool> gave_up{false};
  SupervisedThread thread(
      {"test worker"}, kAtOnce, bell, board, clock,
      [&](Shift&) -> Result<void> {
        ++shifts;
        return fail(ErrorKind::refused, "not allowed");
      },
      [&](const Error&, bool gives_up) {
        gave_up = gives_up;
        done.ring();
      });
  done.wait(seconds(60));
  EXPECT_TRUE(gave_up);
  EXPECT_EQ(shifts, 1);
  EXPECT_EQ(board.rows(clock.now())[0].health, Health::given_up);
}

TEST(SupervisedThread, BeginsTheNextShiftNoSoonerThanTheBodySays) {
  SystemClock clock;
  HealthBoard board;
  Doorbell bell, done;
  std::atomic<int> shifts{0};
  SupervisedThread thread(
      {"test worker"}, kAtOnce, bell, board, clock,
      [&](Shift& shift) -> Result<void> {
        ++shifts;
        shift.next_time("with another one", seconds(3600));
        return fail(ErrorKind::lost, "gone");
      },
      [&](const Error&, bool) { done.ring(); });
  done.wait(seconds(60));
  EXPECT_EQ(shifts, 1);
  const HealthRow row = board.rows(clock.now()).at(0);
  EXPECT_EQ(row.health, Health::healing);
  EXPECT_EQ(row.remedy, "with another one");
  EXPECT_GT(*row.next_try - clock.now(), seconds(3000));
}

TEST(SupervisedThread, SaysOnceWhyItCannotOpen) {
  std::atomic<int> lines{0};
  log::set_sink([&](log::Level, std::string_view, std::string_view) { ++lines; });
  {
    Doorbell bell;
    HealthBoard board;
    SystemClock clock;
    std::atomic<int> shifts{0};
    SupervisedThread thread({"test worker"}, kAtOnce, bell, board, clock,
                            [&](Shift&) -> Result<void> {
                              return fail(ErrorKind::unavailable, "reason {}", ++shifts > 50);
                            });
    while (shifts < 100) std::this_thread::yield();
  }
  log::set_sink({});
  EXPECT_EQ(lines, 2);
}

// Where the system refuses it, the thread works as it is.
TEST(SupervisedThread, TurnsSoundInRealTimeWhereTheSystemLetsIt) {
  int policy = -1;
  std::thread([&] {
    enter_role({.name = "sound", .role = ThreadRole::sound});
    policy = sched_getscheduler(0);
  }).join();
  const sched_param urgency{1};
  bool allowed = false;
  std::thread([&] {
    allowed = pthread_setschedparam(pthread_self(), SCHED_RR, &urgency) == 0;
  }).join();
  EXPECT_EQ(policy, allowed ? SCHED_RR : SCHED_OTHER);
}

TEST(SupervisedThread, LeavesNoRowBehind) {
  SystemClock clock;
  HealthBoard board;
  Doorbell bell, done;
  {
    SupervisedThread thread(
        {"test worker"}, kAtOnce, bell, board, clock,
        [](Shift&) -> Result<void> { return fail(ErrorKind::refused, "not allowed"); },
        [&](const Error&, bool) { done.ring(); });
    done.wait(seconds(60));
    EXPECT_EQ(board.rows(clock.now()).size(), 1u);
  }
  EXPECT_TRUE(board.rows(clock.now()).empty());
}

TEST(HealthBoard, NamesWhereAWorkerIsStuckAndForHowLong) {
  constexpr LocalTime kStart{seconds(100)};
  HealthBoard board;
  Pulse& pulse = board.enter("video", seconds(3));
  board.working("video", kStart);
  pulse.beat("the encoder", kStart);
  EXPECT_EQ(board.rows(kStart + seconds(3))[0].health, Health::working);
  const HealthRow stuck = board.rows(kStart + seconds(4)).at(0);
  EXPECT_EQ(stuck.health, Health::stuck);
  EXPECT_EQ(stuck.since, kStart);
  EXPECT_NE(stuck.reason.find("the encoder"), std::string::npos);
  pulse.beat("the encoder", kStart + seconds(5));
  EXPECT_EQ(board.rows(kStart + seconds(6))[0].health, Health::working);
}

TEST(HealthBoard, ATroubledWorkersPauseIsNotTakenForBeingStuck) {
  constexpr LocalTime kStart{seconds(100)};
  HealthBoard board;
  Pulse& pulse = board.enter("video", seconds(3));
  pulse.beat("the display", kStart);
  pulse.rest();
  board.healing("video", Error{ErrorKind::lost, "it has gone"}, kStart, kStart + seconds(10));
  const HealthRow row = board.rows(kStart + seconds(8)).at(0);
  EXPECT_EQ(row.health, Health::healing);
  EXPECT_EQ(doing(row, kStart + seconds(8)), "tries again in 2.0 s");
  EXPECT_EQ(doing(row, kStart + seconds(10)), "is being opened again");
}

TEST(Published, IsSeenWholeWhileItIsBeingPut) {
  struct Figures {
    std::uint64_t first = 0, second = 0, third = 0;
  };
  constexpr std::uint64_t kPuts = 20'000;
  Published<Figures> figures;
  std::thread writer([&] {
    for (std::uint64_t i = 1; i <= kPuts; ++i) figures.put({i, 2 * i, 3 * i});
  });
  Figures seen;
  do {
    const Figures next = figures.get();
    EXPECT_GE(next.first, seen.first);
    EXPECT_EQ(next.second, 2 * next.first);
    EXPECT_EQ(next.third, 3 * next.first);
    seen = next;
  } while (seen.first < kPuts);
  writer.join();
}

}  // namespace
}  // namespace pf
