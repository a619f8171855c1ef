#include "core/base/display_mode.h"

#include <gtest/gtest.h>

namespace pf {
namespace {

TEST(ParseDisplayMode, ReadsWholeAndFractionalRates) {
  EXPECT_EQ(*parse_display_mode("1280x720@60"), (DisplayMode{{1280, 720}, {60, 1}}));
  EXPECT_EQ(*parse_display_mode("1920x1080@59.94"), (DisplayMode{{1920, 1080}, {60'000, 1001}}));
  EXPECT_EQ(*parse_display_mode("1920x1080@23.976"), (DisplayMode{{1920, 1080}, {24'000, 1001}}));
  EXPECT_EQ(*parse_display_mode("1281x721@60000/1001"), (DisplayMode{{1281, 721}, {60'000, 1001}}));
  EXPECT_EQ(*parse_display_mode("640x480@72.5"), (DisplayMode{{640, 480}, {145, 2}}));
}

TEST(ParseDisplayMode, RefusesNonsenseWithASentence) {
  for (const char* nonsense :
       {"", "x@", "1280x720", "1280@60x720", "0x0@60", "1280x720@0", "-1x720@60", "ax720@60",
        "1280x720@60Hz", "1280x720@60/0", "99999999999x1@60", "1280x720@", "1280 x720@60"}) {
    const auto mode = parse_display_mode(nonsense);
    ASSERT_FALSE(mode) << nonsense;
    EXPECT_EQ(mode.error().kind, ErrorKind::malformed);
  }
}

TEST(ToString, IsWhatParseReads) {
  for (const char* text : {"1280x720@60", "1281x721@60000/1001"})
    EXPECT_EQ(to_string(*parse_display_mode(text)), text);
}

}  // namespace
}  // namespace pf
