// The pure halves of the desktop's timing: the grid of refreshes and the time a client needs.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "desktop/drawing_time.h"
#include "desktop/refresh_clock.h"

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kPeriod60 = kSecond / 60;

TEST(RefreshClock, IsExactAfterAYear) {
  const pf_refresh_clock clock{.base_ns = 5, .numerator = 60000, .denominator = 1001};
  const std::int64_t year_s = 365 * 86400;
  const std::int64_t refreshes = year_s * 60000 / 1001;
  // Within the nanosecond that it is rounded by.
  const auto exact = static_cast<__int128>(refreshes) * 1001 * kSecond / 60000;
  EXPECT_EQ(pf_refresh_deadline_ns(&clock, refreshes), 5 + static_cast<std::int64_t>(exact));
}

TEST(RefreshClock, CountsBackwardsFromItsBaseToo) {
  const pf_refresh_clock clock{.base_ns = 1000, .numerator = 3, .denominator = 1};
  EXPECT_EQ(pf_refresh_index_at(&clock, 999), -1);
  EXPECT_EQ(pf_refresh_index_at(&clock, 1000), 0);
  EXPECT_EQ(pf_refresh_index_at(&clock, 1000 + kSecond / 3), 1);
  EXPECT_EQ(pf_refresh_index_at(&clock, 1000 + kSecond / 3 - 1), 0);
}

RC_GTEST_PROP(RefreshClock, FindsThePeriodOfEveryInstant, ()) {
  const pf_refresh_clock clock{.base_ns = *rc::gen::inRange<std::int64_t>(0, 1'000'000 * kSecond),
                               .numerator = *rc::gen::inRange(1000u, 10'000'000u),
                               .denominator = *rc::gen::inRange(1u, 1002u)};
  const std::int64_t now = *rc::gen::inRange<std::int64_t>(0, 2'000'000 * kSecond);
  const std::int64_t index = pf_refresh_index_at(&clock, now);
  RC_ASSERT(pf_refresh_deadline_ns(&clock, index) <= now);
  RC_ASSERT(pf_refresh_deadline_ns(&clock, index + 1) > now);
}

TEST(DrawingTime, GivesAnUnknownClientThePeriod) {
  const pf_drawing_time time{};
  EXPECT_EQ(pf_drawing_time_budget_ns(&time, kPeriod60), kPeriod60);
}

TEST(DrawingTime, GivesAQuickClientLittleAndASlowOneThePeriod) {
  pf_drawing_time quick{}, slow{};
  for (int i = 0; i < 100; ++i) {
    pf_drawing_time_add(&quick, 1 * kMs);
    pf_drawing_time_add(&slow, 40 * kMs);
  }
  EXPECT_EQ(pf_drawing_time_budget_ns(&quick, kPeriod60), 2 * kMs + kMs / 2);
  EXPECT_EQ(pf_drawing_time_budget_ns(&slow, kPeriod60), kPeriod60);
}

TEST(DrawingTime, FollowsAClientThatBecomesSlowWithinAFewDrawings) {
  pf_drawing_time time{};
  for (int i = 0; i < 100; ++i) pf_drawing_time_add(&time, 1 * kMs);
  for (int i = 0; i < 10; ++i) pf_drawing_time_add(&time, 10 * kMs);
  EXPECT_GT(pf_drawing_time_budget_ns(&time, kPeriod60), 10 * kMs);
}

TEST(DrawingTime, ForgetsOneHiccup) {
  pf_drawing_time time{};
  for (int i = 0; i < 100; ++i) pf_drawing_time_add(&time, 1 * kMs);
  pf_drawing_time_add(&time, 13 * kMs);
  EXPECT_LE(pf_drawing_time_budget_ns(&time, kPeriod60), 6 * kMs);
  for (int i = 0; i < 120; ++i) pf_drawing_time_add(&time, 1 * kMs);
  EXPECT_LT(pf_drawing_time_budget_ns(&time, kPeriod60), 3 * kMs);
}

TEST(DrawingTime, TakesIdlenessForNoDrawing) {
  pf_drawing_time time{};
  pf_drawing_time_add(&time, 1 * kMs);
  pf_drawing_time_add(&time, 3 * kSecond);
  EXPECT_LT(pf_drawing_time_budget_ns(&time, kPeriod60), 3 * kMs);
}

}  // namespace
