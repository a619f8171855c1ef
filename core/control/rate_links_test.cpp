// The rate controller on modelled links, many seeds each: what it promises whatever the way is
// like.
#include <gtest/gtest.h>

#include "core/control/rate_link_testing.h"

namespace pf::control {
namespace {

using testing::ModelledLink;
using testing::RateWorld;

constexpr std::uint64_t kSeeds = 20;
constexpr double kLength_s = 30;
constexpr double kWait_ms = 15;

std::vector<ModelledLink> links() {
  return {
      {.name = "SteadyLan", .kbps = 100'000, .delay_ms = 0.5},
      {.name = "GigabitNearCapacity",
       .kbps = 1'000'000,
       .delay_ms = 0.3,
       .queue_kb = 500,
       .start_kbps = 600'000,
       .ceiling_kbps = 900'000},
      {.name = "WifiBursts",
       .kbps = 80'000,
       .stall_ms = 8,
       .stall_gap_ms = 300,
       .delay_ms = 2,
       .jitter_ms = 2,
       .loss = 0.005},
      {.name = "WifiFading",
       .kbps = 60'000,
       .walk = 0.15,
       .walk_span = 2.5,
       .delay_ms = 3,
       .jitter_ms = 3,
       .loss = 0.01},
      {.name = "FourG",
       .kbps = 25'000,
       .walk = 0.1,
       .walk_span = 2,
       .delay_ms = 35,
       .jitter_ms = 5,
       .queue_kb = 3000},
      {.name = "Bufferbloat", .kbps = 12'000, .delay_ms = 15, .queue_kb = 8000},
      {.name = "StepDown", .kbps = 60'000, .steps = {{10, 20'000}}},
      {.name = "StepDownFar", .kbps = 40'000, .steps = {{10, 10'000}}, .delay_ms = 60},
      {.name = "StepUp", .kbps = 15'000, .steps = {{10, 60'000}}},
      {.name = "UpAndDown",
       .kbps = 50'000,
       .steps = {{5, 15'000}, {10, 50'000}, {15, 15'000}, {20, 50'000}, {25, 15'000}}},
      {.name = "LossyRadio", .kbps = 40'000, .delay_ms = 5, .loss = 0.05},
      {.name = "ShallowQueue", .kbps = 50'000, .delay_ms = 5, .queue_kb = 60},
      {.name = "Policed", .kbps = 30'000, .delay_ms = 10, .policer_kb = 200},
      {.name = "ThirtyPerSecond", .kbps = 40'000, .steps = {{12, 20'000}}, .frame_hz = 30},
      {.name = "WifiStalls",
       .kbps = 80'000,
       .stall_ms = 15,
       .stall_gap_ms = 700,
       .delay_ms = 3,
       .jitter_ms = 2},
      {.name = "FourGOnATrain",
       .kbps = 25'000,
       .walk = 0.25,
       .walk_span = 3,
       .delay_ms = 35,
       .jitter_ms = 8},
      {.name = "DownTenfold", .kbps = 80'000, .steps = {{12, 8'000}}, .delay_ms = 40},
      {.name = "UpTenfold", .kbps = 8'000, .steps = {{12, 80'000}}, .delay_ms = 40},
      {.name = "FastScreen", .kbps = 80'000, .steps = {{12, 30'000}}, .frame_hz = 120},
      {.name = "SlicesOnALan", .kbps = 300'000, .delay_ms = 0.5, .slices = 4, .encode_ms = 12},
      {.name = "SlicesStepDown",
       .kbps = 60'000,
       .steps = {{10, 20'000}, {20, 60'000}},
       .slices = 4,
       .encode_ms = 8},
      {.name = "CrossTraffic",
       .kbps = 50'000,
       .steps = {{6, 30'000}, {9, 50'000}, {14, 30'000}, {18, 50'000}},
       .delay_ms = 12,
       .jitter_ms = 1},
  };
}

class Links : public ::testing::TestWithParam<ModelledLink> {};

TEST_P(Links, CarryTheStreamWithoutAQueueAndSettleIn2s) {
  double worst_wait_ms = 0, least_use = 1, mean_use = 0, least_settled = 1;
  int most_wishes = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    RateWorld world(GetParam(), seed);
    world.run(kLength_s);
    EXPECT_LE(world.wait_ms(0.95), kWait_ms) << "seed " << seed;
    EXPECT_GE(world.least_use_after_step(), 0.25) << "seed " << seed;
    EXPECT_GE(world.use(), 0.3) << "seed " << seed;
    worst_wait_ms = std::max(worst_wait_ms, world.wait_ms(0.95));
    least_use = std::min(least_use, world.use());
    mean_use += world.use() / kSeeds;
    least_settled = std::min(least_settled, world.least_use_after_step());
    most_wishes = std::max(most_wishes, world.wishes());
  }
  std::printf("%-20s p95 wait %5.1f ms, use %.2f (least %.2f, after a step %.2f), %d wishes\n",
              GetParam().name, worst_wait_ms, mean_use, least_use, least_settled, most_wishes);
}

INSTANTIATE_TEST_SUITE_P(Rate, Links, ::testing::ValuesIn(links()),
                         [](const auto& link) { return std::string(link.param.name); });

}  // namespace
}  // namespace pf::control
