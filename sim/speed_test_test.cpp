// A speed test through both session machines, the real packets and a narrow link.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/world.h"

namespace pf::sim {
namespace {

struct Narrow {
  std::uint32_t kbps = 0;
  Nanos queue{0};
  double loss = 0;
  Nanos jitter{0};
};

control::SpeedTested tested_over(const Narrow& link, std::uint32_t target_kbps,
                                 std::uint64_t seed) {
  Scenario scenario{
      .seed = seed,
      .media = {.delay = milliseconds(5),
                .jitter = link.jitter,
                .loss = link.loss,
                .jitter_reorders = false,
                .bottleneck = {.rate = {.steps = {{Nanos(0), link.kbps}}}, .queue = link.queue}}};
  scenario.bitrate_kbps = 3'000;
  scenario.speed_tests = true;
  World world(scenario);
  world.run_for(milliseconds(500));
  world.test_speed({.target_kbps = target_kbps, .length = milliseconds(800)});
  // While the way is full on purpose nothing heals; afterwards everything does.
  world.excuse_until(world.now() + milliseconds(800) + link.queue);
  world.run_for(milliseconds(1500) + link.queue);
  const std::uint64_t shown = world.checkers().frames_shown();
  world.run_for(seconds(1));
  EXPECT_EQ(world.finish(), "") << "seed " << seed;
  EXPECT_GT(world.checkers().frames_shown(), shown + 30) << "the pictures go on";
  EXPECT_LE(world.host().keyframes(), 3u);
  EXPECT_TRUE(world.client().tested());
  return world.client().tested().value_or(control::SpeedTested{});
}

// Over random links: of any rate, with any queue, with losses and jitter of their own.
TEST(SpeedTestOverALink, NeverOverstatesItByMoreThanATwentieth) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SeededRng rng(seed);
    const Narrow link{.kbps = 6'000 + static_cast<std::uint32_t>(rng.unit() * 60'000),
                      .queue = milliseconds(20 + static_cast<int>(rng.unit() * 300)),
                      .loss = seed % 3 == 0 ? 0.02 * rng.unit() : 0,
                      .jitter = milliseconds(static_cast<int>(rng.unit() * 5))};
    const control::SpeedTested tested = tested_over(link, 150'000, seed);
    ASSERT_EQ(tested.outcome, control::SpeedTested::Outcome::measured) << "seed " << seed;
    EXPECT_LE(tested.verdict.link_kbps, link.kbps * 1.05) << "seed " << seed;
    EXPECT_GE(tested.verdict.link_kbps, link.kbps * 0.8) << "seed " << seed;
    EXPECT_TRUE(tested.verdict.link_was_full);
    EXPECT_GT(tested.verdict.loss_ppm, 0u);
  }
}

TEST(SpeedTestOverALink, SaysThatAFastLinkWasNotFull) {
  const control::SpeedTested tested =
      tested_over({.kbps = 900'000, .queue = milliseconds(50)}, 50'000, 1);
  ASSERT_EQ(tested.outcome, control::SpeedTested::Outcome::measured);
  EXPECT_FALSE(tested.verdict.link_was_full);
  EXPECT_LE(tested.verdict.link_kbps, 50'000u);
  EXPECT_EQ(tested.verdict.loss_ppm, 0u);
}

}  // namespace
}  // namespace pf::sim
