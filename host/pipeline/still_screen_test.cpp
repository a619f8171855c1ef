#include "host/pipeline/still_screen.h"

#include <gtest/gtest.h>

namespace pf::pipeline {
namespace {

const LocalTime kStart{seconds(5)};

TEST(StillScreen, RepeatsNothingBeforeTheFirstPicture) { EXPECT_FALSE(StillScreen().repeat_due()); }

TEST(StillScreen, IsRepeatedTwiceAndThenLeftAlone) {
  StillScreen screen;
  screen.on_picture(kStart);
  EXPECT_EQ(screen.repeat_due(), kStart + milliseconds(100));
  screen.on_repeat(kStart + milliseconds(100));
  EXPECT_EQ(screen.repeat_due(), kStart + milliseconds(500));
  screen.on_repeat(kStart + milliseconds(500));
  EXPECT_FALSE(screen.repeat_due());
}

TEST(StillScreen, IsRepeatedForEverWhereTheClientWantsIt) {
  StillScreen screen(milliseconds(500));
  screen.on_picture(kStart);
  for (int ms : {100, 500, 1000, 1500, 2000}) {
    EXPECT_EQ(screen.repeat_due(), kStart + milliseconds(ms));
    screen.on_repeat(kStart + milliseconds(ms));
  }
}

TEST(StillScreen, GetsSharperSeldomOnceItHasStoodForAWhile) {
  StillScreen screen(milliseconds(500));
  screen.on_picture(kStart);
  for (const bool sharpens : {true, true, false, false, true, false, false, false, true}) {
    EXPECT_EQ(screen.may_sharpen(), sharpens);
    screen.on_repeat(*screen.repeat_due());
  }
}

TEST(StillScreen, ThatMovesAgainIsCountedAnew) {
  StillScreen screen;
  screen.on_picture(kStart);
  screen.on_repeat(kStart + milliseconds(100));
  screen.on_picture(kStart + milliseconds(200));
  EXPECT_EQ(screen.repeat_due(), kStart + milliseconds(300));
}

}  // namespace
}  // namespace pf::pipeline
