#include "tools/loss-harness/sweep.h"

#include <cmath>

#include <gtest/gtest.h>

namespace pf::loss_harness {
namespace {

SweepPlan small_plan() {
  SweepPlan plan;
  plan.frames = 150;
  plan.loss_percents = {0, 5, 10, 20};
  plan.fec_percents = {0, 20};
  plan.frame_bytes = {5'000, 40'000};
  for (const Field& field : all_fields()) plan.fields.push_back(&field);
  return plan;
}

void no_progress(double) {}

TEST(Sweep, DeliversExactlyTheFramesThatCanBePutTogether) {
  for (const Curve& curve : run_sweep(small_plan(), no_progress)) {
    EXPECT_TRUE(faithful(curve)) << curve.field << " " << curve.pattern << " " << curve.frame_bytes;
    EXPECT_EQ(curve.points[0].frames_delivered, 150u);
    EXPECT_EQ(curve.points[0].packets_lost, 0u);
  }
}

TEST(Sweep, AgreesWithTheBoundWithinStatisticalError) {
  for (const Curve& curve : run_sweep(small_plan(), no_progress)) {
    for (const Point& point : curve.points) {
      // Four standard deviations and one frame: 32 points of a fixed seed.
      const double error = std::sqrt(point.bound * (1 - point.bound) / curve.frames);
      EXPECT_NEAR(curve.delivered(point), point.bound, 4 * error + 1.0 / curve.frames)
          << curve.pattern << " " << curve.frame_bytes << " B, " << curve.fec_percent << " % FEC, "
          << point.loss_percent << " % lost";
    }
  }
}

TEST(Sweep, CutsFramesIntoBlocksThatTheFieldHasRoomFor) {
  static const Field kNarrow{"narrow", 1, 40, all_fields()[0].make};
  SweepPlan plan = small_plan();
  plan.frames = 60;
  plan.fields = {&kNarrow};
  plan.frame_bytes = {140'000};  // 100 data packets
  const auto curves = run_sweep(plan, no_progress);
  ASSERT_EQ(curves.size(), 4u);
  EXPECT_EQ(curves[0].block_count, 3u);  // of 40 without parity
  EXPECT_EQ(curves[1].block_count, 4u);  // of 33 and 7
  for (const Curve& curve : curves) {
    EXPECT_TRUE(faithful(curve));
    for (const Point& point : curve.points) {
      const double error = std::sqrt(point.bound * (1 - point.bound) / curve.frames);
      EXPECT_NEAR(curve.delivered(point), point.bound, 4 * error + 1.0 / curve.frames);
    }
  }
}

TEST(Sweep, RepeatsItselfForTheSameSeedOnly) {
  SweepPlan plan = small_plan();
  plan.frames = 30;
  const auto lost = [&] {
    std::vector<std::uint64_t> all;
    for (const Curve& curve : run_sweep(plan, no_progress))
      for (const Point& point : curve.points) all.push_back(point.packets_lost);
    return all;
  };
  const auto first = lost();
  EXPECT_EQ(lost(), first);
  plan.seed = 2;
  EXPECT_NE(lost(), first);
}

TEST(Sweep, TellsItsProgressUpToTheEnd) {
  SweepPlan plan = small_plan();
  plan.frames = 3;
  double last = 0;
  run_sweep(plan, [&](double fraction) {
    EXPECT_GT(fraction, last);
    last = fraction;
  });
  EXPECT_NEAR(last, 1, 1e-9);
}

}  // namespace
}  // namespace pf::loss_harness
