#include "tools/loss-harness/survival.h"

#include <cmath>

#include <gtest/gtest.h>

namespace pf::loss_harness {
namespace {

double binomial_at_most(std::uint32_t most, std::uint32_t count, double chance) {
  double sum = 0;
  for (std::uint32_t i = 0; i <= most; ++i) {
    sum += std::exp(std::lgamma(count + 1.0) - std::lgamma(i + 1.0) - std::lgamma(count - i + 1.0) +
                    i * std::log(chance) + (count - i) * std::log1p(-chance));
  }
  return sum;
}

TEST(Survival, IsTheBinomialDistributionAtRandomLoss) {
  for (const double loss : {0.01, 0.1, 0.3}) {
    EXPECT_NEAR(block_survival(LossModel::random(loss), {.data_count = 50, .parity_count = 10}),
                binomial_at_most(10, 60, loss), 1e-9);
    EXPECT_NEAR(block_survival(LossModel::random(loss),
                               {.data_count = 200, .gap_count = 300, .parity_count = 40}),
                binomial_at_most(40, 240, loss), 1e-9);
  }
}

TEST(Survival, WithoutParityIsTheChanceThatNoBurstBegins) {
  const LossModel bursts = LossModel::bursts(0.1, 4);
  EXPECT_NEAR(block_survival(bursts, {.data_count = 8}), 0.9 * std::pow(1 - bursts.to_bad, 7),
              1e-12);
}

TEST(Survival, IsCertainWithoutLossAndImpossibleForNobody) {
  EXPECT_DOUBLE_EQ(block_survival(LossModel::random(0), {.data_count = 9}), 1);
  EXPECT_DOUBLE_EQ(block_survival(LossModel::bursts(0, 4), {.data_count = 9}), 1);
  EXPECT_GT(block_survival(LossModel::random(kMaxLoss), {.data_count = 9}), 0);
}

TEST(Survival, OfABlockPassesOverPacketsOfOthersLikeCountingThem) {
  // Brute force: the same chain, its losses between data and parity forgotten.
  const LossModel bursts = LossModel::bursts(0.2, 3);
  LossChannel channel(bursts, 5);
  const BlockOnWire block{.data_count = 6, .gap_count = 4, .parity_count = 2};
  constexpr int kFrames = 40'000;
  int survived = 0;
  for (int frame = 0; frame < kFrames; ++frame) {
    channel.begin_frame();
    std::uint32_t lost = 0;
    for (std::uint32_t packet = 0; packet < 12; ++packet) {
      const bool in_gap = packet >= 6 && packet < 10;
      if (channel.loses_next_packet() && !in_gap) ++lost;
    }
    if (lost <= 2) ++survived;
  }
  EXPECT_NEAR(block_survival(bursts, block), survived / double{kFrames}, 0.01);
}

TEST(LossChannel, LosesAsMuchAsItsModelSaysInRunsAsLongAsItSays) {
  LossChannel channel(LossModel::bursts(0.1, 4), 3);
  constexpr int kPackets = 400'000;
  int lost = 0;
  int bursts = 0;
  bool before = false;
  channel.begin_frame();
  for (int packet = 0; packet < kPackets; ++packet) {
    const bool now = channel.loses_next_packet();
    lost += now ? 1 : 0;
    bursts += now && !before ? 1 : 0;
    before = now;
  }
  EXPECT_NEAR(lost / double{kPackets}, 0.1, 0.005);
  EXPECT_NEAR(lost / double(bursts), 4, 0.1);
}

}  // namespace
}  // namespace pf::loss_harness
