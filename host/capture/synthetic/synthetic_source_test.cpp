#include "host/capture/synthetic/synthetic_source.h"

#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace pf::capture::synthetic {
namespace {

// Stands still but for what the test says, or steps a little with each look at it.
class FakeClock final : public Clock {
 public:
  LocalTime now() const noexcept override { return at; }
  LocalTime at{seconds(100)};
};

std::unique_ptr<VideoSource> open(const DisplayMode& mode, const Clock& clock) {
  auto source = backend().open(display::SyntheticOutput{mode}, clock);
  EXPECT_TRUE(source) << source.error().what;
  return std::move(*source);
}

const DisplayMode k720p60{{1280, 720}, {60, 1}};

TEST(SyntheticSource, GivesTheFirstPictureAtOnceAndWholeThenOnePerTick) {
  FakeClock clock;
  Doorbell bell;
  const auto source = open(k720p60, clock);
  const LocalTime start = clock.at;
  for (int i = 0; i < 5; ++i) {
    clock.at = start + Nanos(seconds(1)) * i / 60;
    const auto frame = source->next(bell, Nanos{0});
    ASSERT_TRUE(frame && *frame) << i;
    EXPECT_EQ((*frame)->image.size_px, k720p60.size_px);
    EXPECT_EQ((*frame)->captured_at, start + Nanos(seconds(1)) * i / 60);
    EXPECT_EQ((*frame)->damage_px.empty(), i == 0);
  }
}

TEST(SyntheticSource, IsEmptyBeforeTheNextTickAndWhenTheBellRings) {
  FakeClock clock;
  Doorbell bell;
  const auto source = open(k720p60, clock);
  ASSERT_TRUE(source->next(bell, Nanos{0})->has_value());
  EXPECT_FALSE(source->next(bell, Nanos{0})->has_value());
  bell.ring();
  EXPECT_FALSE(source->next(bell, seconds(3600))->has_value());
}

TEST(SyntheticSource, SleepsThroughTicksThatNobodyAskedForAndStaysOnTheGrid) {
  FakeClock clock;
  Doorbell bell;
  const auto source = open(k720p60, clock);
  const LocalTime start = clock.at;
  ASSERT_TRUE(source->next(bell, Nanos{0})->has_value());
  clock.at = start + milliseconds(40);  // ticks at 16.7 and 33.3 ms went by
  const auto frame = source->next(bell, Nanos{0});
  ASSERT_TRUE(frame && *frame);
  EXPECT_EQ((*frame)->captured_at, start + Nanos(33'333'333));
  EXPECT_FALSE(source->next(bell, Nanos{0})->has_value());
}

TEST(SyntheticSource, IsEmptyWhileAllBuffersAreHeldAndGoesOnWhenOneComesBack) {
  FakeClock clock;
  Doorbell bell;
  const auto source = open(k720p60, clock);
  std::vector<RawFrame> held;
  for (int i = 0; i < 3; ++i, clock.at += milliseconds(17)) {
    auto frame = source->next(bell, Nanos{0});
    ASSERT_TRUE(frame && *frame);
    held.push_back(std::move(**frame));
  }
  EXPECT_FALSE(source->next(bell, Nanos{0})->has_value());
  held.erase(held.begin());
  clock.at += milliseconds(17);
  EXPECT_TRUE(source->next(bell, Nanos{0})->has_value());
}

TEST(SyntheticSource, RefusesModesThatCannotHoldTheCodeAndOtherTargets) {
  const FakeClock clock;
  EXPECT_FALSE(backend().open(display::SyntheticOutput{{{319, 180}, {60, 1}}}, clock));
  EXPECT_FALSE(backend().open(display::SyntheticOutput{{{1280, 720}, {0, 1}}}, clock));
  EXPECT_FALSE(backend().understands(display::WlrOutput{}));
  EXPECT_EQ(backend().open(display::WlrOutput{}, clock).error().kind, ErrorKind::unavailable);
}

RC_GTEST_PROP(FrameGrid, FindsTheTickOfEveryInstant, ()) {
  const RefreshRate rate{*rc::gen::inRange(1u, 240001u), *rc::gen::element(1u, 1001u)};
  const FrameGrid grid(LocalTime(seconds(5)), rate);
  const std::uint64_t tick = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
  const LocalTime at = grid.at(tick);
  RC_ASSERT(grid.tick_at(at) == tick);
  if (tick > 0) {
    RC_ASSERT(grid.tick_at(at - Nanos{1}) == tick - 1);
  }
}

}  // namespace
}  // namespace pf::capture::synthetic
