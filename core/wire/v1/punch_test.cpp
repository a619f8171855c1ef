#include "core/wire/v1/punch.h"

#include <gtest/gtest.h>

namespace pf::wire::v1 {
namespace {

TEST(PunchSchedule, IsDenseAtFirstAndThenKeepsTheWayOpen) {
  LocalTime now(seconds(9));
  PunchSchedule schedule(now);
  EXPECT_EQ(schedule.due(), now);
  for (int i = 0; i < 14; ++i) {
    schedule.on_sent(now);
    EXPECT_EQ(schedule.due(), now + milliseconds(200));
    now = schedule.due();
  }
  for (int i = 0; i < 3; ++i) {
    now += milliseconds(7);  // a late one moves the rest
    schedule.on_sent(now);
    EXPECT_EQ(schedule.due(), now + seconds(2));
    now = schedule.due();
  }
}

}  // namespace
}  // namespace pf::wire::v1
