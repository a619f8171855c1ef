#include "core/video/loss.h"

#include <gtest/gtest.h>

#include "testing/vectors.h"

namespace pf::video {
namespace {

TEST(LossReport, FollowsTheKnownRows) {
  const auto rules = testing::load_vectors("rules.json");
  for (const auto& row : rules.at("loss_ppm").at("rows")) {
    EXPECT_EQ(
        loss_ppm(row.at("received"), row.at("recovered"), row.at("late"), row.at("frames_dropped")),
        row.at("loss_ppm").get<std::uint32_t>())
        << row;
  }
}

TEST(LossWindow, ReportsOnlyWhatHappenedSinceTheLastReport) {
  LossWindow window;
  ReceptionCounters counters;
  counters.received = 950;
  counters.recovered = 50;
  EXPECT_EQ(window.take(counters), 50'000u);
  EXPECT_EQ(window.take(counters), 0u);
  counters.frames_dropped = 1;
  EXPECT_EQ(window.take(counters), 50'000u);
}

TEST(FecAdaptation, FollowsTheKnownTargets) {
  const auto rules = testing::load_vectors("rules.json");
  for (const auto& row : rules.at("fec_adaptation").at("rows")) {
    EXPECT_EQ(FecAdaptation::target_percent(row.at("loss_ppm")), row.at("target").get<int>())
        << row;
  }
}

TEST(FecAdaptation, RisesAtOnceAndFallsOneStepAReport) {
  FecAdaptation adaptation(10);
  adaptation.on_loss_report(100'000);
  EXPECT_EQ(adaptation.percent(), 15);
  adaptation.on_loss_report(0);
  EXPECT_EQ(adaptation.percent(), 14);
  for (int i = 0; i < 100; ++i) adaptation.on_loss_report(0);
  EXPECT_EQ(adaptation.percent(), 1);
}

}  // namespace
}  // namespace pf::video
