#include "core/audio/depth_target.h"

#include <gtest/gtest.h>

#include "core/base/rng.h"

namespace pf::audio {
namespace {

constexpr Nanos kCycle = microseconds(5'333);

// What waits is what is wished, but for `dip` in the first cycle.
void play(DepthTarget& target, Nanos length, Nanos dip = Nanos(0)) {
  for (Nanos played{0}; played < length; played += kCycle) {
    target.update(target.now() - dip, {}, kCycle);
    dip = {};
  }
}

TEST(DepthTarget, FallsFromItsFirstValueToTheLeastWhereNothingHappens) {
  DepthTarget target;
  play(target, seconds(14));
  EXPECT_EQ(target.now(), DepthTarget::kFirst);
  play(target, seconds(46));
  EXPECT_LE(target.now(), milliseconds(20));
  play(target, seconds(180));
  EXPECT_LE(target.now(), DepthTarget::kLeast + microseconds(300));
  EXPECT_GE(target.now(), DepthTarget::kLeast);
}

TEST(DepthTarget, KeepsEnoughForTheWorstOfLate) {
  DepthTarget target;
  play(target, seconds(300));
  play(target, seconds(14), milliseconds(25));
  EXPECT_GE(target.now(), milliseconds(25) + DepthTarget::kReserve - microseconds(100));
  play(target, seconds(120));
  EXPECT_LE(target.now(), milliseconds(15));
}

TEST(DepthTarget, RisesSlowlyEnoughNotToBeHeard) {
  DepthTarget target;
  play(target, seconds(300));
  target.update(target.now() - milliseconds(25), {}, kCycle);
  for (Nanos before = target.now();;) {
    const double falling = target.update(target.now(), {}, kCycle);
    EXPECT_GE(falling, -0.003);
    EXPECT_LE(target.now() - before, kCycle * 31 / 10'000);
    if (target.now() == before) break;
    before = target.now();
  }
  EXPECT_GE(target.now(), milliseconds(30));
}

TEST(DepthTarget, WhatStopsAndDoesNotGoOnWasNoDip) {
  DepthTarget target;
  play(target, seconds(300));
  for (Nanos depth = target.now(); depth > Nanos(0); depth -= milliseconds(2))
    target.update(depth, {}, milliseconds(2));
  target.forget_mean();
  play(target, seconds(10));
  EXPECT_LE(target.now(), DepthTarget::kLeast + milliseconds(1));
}

TEST(DepthTarget, BelievesTheArrivalsAtOnceBeforeAnythingIsPlayed) {
  DepthTarget target;
  target.prepare({.uneven = milliseconds(45), .worst_dip = milliseconds(20)});
  EXPECT_EQ(target.now(), milliseconds(45));
}

TEST(DepthTarget, WhateverHappensItStaysWithinItsBounds) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SeededRng rng(seed);
    DepthTarget target;
    for (int i = 0; i < 5'000; ++i) {
      target.update(microseconds(rng.below(400'000)),
                    {.uneven = microseconds(rng.below(200'000)),
                     .worst_dip = microseconds(rng.below(200'000))},
                    microseconds(100 + rng.below(50'000)));
      if (rng.below(20) == 0) target.on_made_up(microseconds(rng.below(50'000)));
      if (rng.below(50) == 0) target.forget_mean();
      ASSERT_GE(target.now(), DepthTarget::kLeast);
      ASSERT_LE(target.now(), DepthTarget::kMost);
    }
  }
}

}  // namespace
}  // namespace pf::audio
