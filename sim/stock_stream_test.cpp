// What stock Moonlight clients are promised on bad networks.
#include "sim/stock_stream.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace pf::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kSeeds = 4;

LinkFaults way(Nanos delay, double loss = 0) { return {.delay = delay, .loss = loss}; }

StockStream behind(std::uint32_t kbps, Nanos queue) {
  return {.down = {.delay = 5ms, .bottleneck = {.rate = {.steps = {{0s, kbps}}}, .queue = queue}},
          .up = way(5ms)};
}

template <class Check>
void each_seed(StockStream stream, Check&& check) {
  for (stream.seed = 1; stream.seed <= kSeeds; ++stream.seed) {
    const StockOutcome outcome = play(stream);
    SCOPED_TRACE(fmt::format("seed {}: {}", stream.seed, outcome.to_string()));
    check(outcome);
  }
}

TEST(StockStream, IsWholeAndSoonFullyFastOnAGoodNetwork) {
  each_seed({.down = way(1ms), .up = way(1ms)}, [](const StockOutcome& outcome) {
    EXPECT_EQ(outcome.shown, outcome.sent);
    EXPECT_GE(outcome.course[0].bitrate_kbps, 14'000u);
    EXPECT_GE(outcome.course[4].bitrate_kbps, 15'400u);  // 20 Mbit/s less parity and sound
    EXPECT_EQ(outcome.course.back().fec_percent, 20u);
    EXPECT_EQ(outcome.course.back().min_parity, 2u);
  });
}

TEST(StockStream, ArrivesBehindABottleneckOfAThirdOfWhatWasAsked) {
  for (const Nanos queue : {20ms, 40ms, 100ms, 300ms}) {
    each_seed(behind(6'000, queue), [](const StockOutcome& outcome) {
      EXPECT_GE(outcome.shown, 55u * 15);
      EXPECT_GE(outcome.course.back().bitrate_kbps, 2'000u);  // and as more than a slide show
    });
  }
}

TEST(StockStream, LeavesNoQueueStanding) {
  each_seed(behind(6'000, 300ms),
            [](const StockOutcome& outcome) { EXPECT_LE(outcome.queue_p95, 80ms); });
}

TEST(StockStream, OutlivesThreePercentOfRandomLoss) {
  for (const std::uint32_t asked : {5'000, 20'000}) {
    each_seed({.down = way(5ms, 0.03), .up = way(5ms), .asked_kbps = asked},
              [](const StockOutcome& outcome) { EXPECT_GE(outcome.intact, outcome.sent * 0.995); });
  }
}

TEST(StockStream, OutlivesFivePercentInBurstsOfThree) {
  for (const std::uint32_t asked : {5'000, 20'000}) {
    each_seed({.down = way(5ms), .up = way(5ms), .bursts = {.share = 0.05}, .asked_kbps = asked},
              [](const StockOutcome& outcome) { EXPECT_GE(outcome.intact, outcome.sent * 0.97); });
  }
}

// Whether it loses a reference or a key frame for each loss.
TEST(StockStream, LosesAHandfulOfFramesOnALongWayWithBursts) {
  for (const bool drops_references : {true, false}) {
    each_seed({.down = way(20ms),
               .up = way(20ms),
               .bursts = {.share = 0.02},
               .drops_references = drops_references},
              [](const StockOutcome& outcome) { EXPECT_LE(outcome.sent - outcome.shown, 10u); });
  }
}

TEST(StockStream, HelpsClientsThatReportNothing) {
  each_seed(
      {.down = way(20ms), .up = way(20ms), .bursts = {.share = 0.02}, .reports_blocks = false},
      [](const StockOutcome& outcome) {
        EXPECT_GT(outcome.course.back().fec_percent + outcome.course.back().min_parity, 22u);
        EXPECT_GE(outcome.intact, outcome.sent * 0.985);
      });
}

}  // namespace
}  // namespace pf::sim
