#include "tools/loss-harness/report.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pf::loss_harness {
namespace {

Curve curve_of_two_points() {
  return {.field = "gf16",
          .pattern = "random",
          .fec_percent = 20,
          .frame_bytes = 60'000,
          .data_count = 43,
          .parity_count = 9,
          .block_count = 1,
          .frames = 200,
          .points = {{.loss_percent = 0, .frames_delivered = 200, .bound = 1},
                     {.loss_percent = 12.5, .frames_delivered = 150, .bound = 0.8}}};
}

TEST(Report, TableHasTheShareDeliveredAndTheDistanceToTheBound) {
  const std::string text = table({curve_of_two_points()});
  EXPECT_NE(text.find("60 kB       43+9   20% | 100.0  75.0 |   5.0\n"), std::string::npos) << text;
  EXPECT_EQ(table({}), "");
}

// Programs read it: a name that is missing here was broken for them.
TEST(Report, JsonKeepsItsNames) {
  SweepPlan plan;
  plan.frames = 200;
  const auto whole = nlohmann::ordered_json::parse(json(plan, {curve_of_two_points()}));
  const auto names = [](const nlohmann::ordered_json& object) {
    std::string all;
    for (const auto& [name, value] : object.items()) all += name + " ";
    return all;
  };
  EXPECT_EQ(whole["schema"], 1);
  EXPECT_EQ(names(whole), "schema seed frames shard_bytes mean_burst_packets curves ");
  EXPECT_EQ(names(whole["curves"][0]),
            "field pattern fec_percent frame_bytes data_packets parity_packets blocks points ");
  EXPECT_EQ(names(whole["curves"][0]["points"][0]),
            "loss_percent packets_sent packets_lost frames_survivable frames_delivered "
            "frames_damaged delivered bound ");
  EXPECT_EQ(whole["curves"][0]["points"][1]["delivered"], 0.75);
}

}  // namespace
}  // namespace pf::loss_harness
