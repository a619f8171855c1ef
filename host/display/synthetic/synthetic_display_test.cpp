#include "host/display/synthetic/synthetic_display.h"

#include <gtest/gtest.h>

namespace pf::display::synthetic {
namespace {

TEST(SyntheticDisplay, HandsOutItsModeAndFollowsChanges) {
  const DisplayMode mode{{1280, 720}, {60, 1}}, other{{1920, 1080}, {60000, 1001}};
  auto display = backend().open({.mode = mode});
  ASSERT_TRUE(display);
  EXPECT_EQ(std::get<SyntheticOutput>(*(*display)->capture_target(display::CaptureWay::best)).mode,
            mode);
  ASSERT_TRUE((*display)->set_mode(other));
  EXPECT_EQ(std::get<SyntheticOutput>(*(*display)->capture_target(display::CaptureWay::best)).mode,
            other);
  EXPECT_TRUE((*display)->check());
}

TEST(SyntheticDisplay, RefusesNoModeAndAnyCommand) {
  EXPECT_EQ(backend().open({}).error().kind, ErrorKind::malformed);
  const auto display = backend().open({.mode = {{1280, 720}, {60, 1}}, .command = {"foot"}});
  ASSERT_FALSE(display);
  EXPECT_EQ(display.error().what, "the synthetic display cannot run 'foot': it has no desktop");
}

}  // namespace
}  // namespace pf::display::synthetic
