#include "core/video/fec_adaptation.h"

#include <gtest/gtest.h>

#include "testing/vectors.h"

namespace pf::video {
namespace {

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
