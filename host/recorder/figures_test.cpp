#include "host/recorder/figures.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "host/recorder/stream_testing.h"

namespace pf::recorder {
namespace {

using namespace testing_streams;

Recording recorded(std::vector<TimelineRow> rows) {
  Recording recording;
  recording.hitches = HitchFinder().find(rows);
  recording.rows = std::move(rows);
  return recording;
}

TEST(Figures, TellEachSecondOfAStream) {
  const auto all = figures_of(recorded(smooth(180)), 60);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].frames, 60u);
  EXPECT_EQ(all[0].rate_kbps, 60u * 20'000 * 8 / 1000);
  EXPECT_EQ(all[0].asked_kbps, 10'000u);
  EXPECT_EQ(all[0].stages[static_cast<std::size_t>(Stage::encoder)],
            (Spread{.p50_us = 1000, .p95_us = 1000, .p99_us = 1000}));
  EXPECT_FALSE(all[0].stages[static_cast<std::size_t>(Stage::game)]);
  EXPECT_EQ(all[0].total->p50_us, 8000u);
  EXPECT_FALSE(all[0].loss_ppm);
}

TEST(Figures, CountWhatWentWrongWhereItDid) {
  auto rows = smooth(180);
  delay(rows, 90, Stage::encoder, milliseconds(150));
  rows[150].fate = Fate::lost;
  auto recording = recorded(std::move(rows));
  recording.losses.push_back({.at = kBegan + milliseconds(2500), .loss_ppm = 7000});
  const auto all = figures_of(recording, 60);
  EXPECT_EQ(all[1].hitches, 1u);
  EXPECT_EQ(all[1].stages[static_cast<std::size_t>(Stage::encoder)]->p99_us, 151'000u);
  EXPECT_EQ(all[2].lost, 1u);
  EXPECT_EQ(all[2].loss_ppm, 7000u);
  EXPECT_EQ(all[0].hitches + all[0].lost + all[2].hitches, 0u);
}

TEST(Figures, TakeLongerStepsWhereThereIsMuch) {
  const auto all = figures_of(recorded(smooth(600)), 4);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].span, seconds(3));
  EXPECT_EQ(all[0].frames, 180u);
  EXPECT_EQ(all[0].rate_kbps, 60u * 20'000 * 8 / 1000);
  EXPECT_TRUE(figures_of({}, 4).empty());
}

TEST(Figures, LeaveOpenWhatNobodyTells) {
  auto rows = smooth(60);
  forget_client(rows);
  const auto json = figures_json(recorded(std::move(rows)), 60);
  EXPECT_TRUE(json["samples"][0]["latency_us"]["network"].is_null());
  EXPECT_EQ(json["samples"][0]["latency_us"]["total"]["p50"], 4000);
}

}  // namespace
}  // namespace pf::recorder
