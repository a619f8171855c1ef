#include "host/gamestream/protocol/stock_client_rate.h"

#include <gtest/gtest.h>

namespace pf::gamestream {
namespace {

FecStatus status(std::uint32_t frame, std::uint16_t data, std::uint16_t parity,
                 std::uint16_t missing) {
  const auto came = static_cast<std::uint16_t>(data + parity - missing);
  return {.frame_index = frame,
          .missing_before_highest = missing,
          .data_count = data,
          .parity_count = parity,
          .received_data = std::min(came, data),
          .received_parity = static_cast<std::uint16_t>(came - std::min(came, data))};
}

// Blocks of 20 packets, of which every `every`th misses `missing`.
BlockLosses after(int blocks, int every, std::uint16_t missing) {
  BlockLosses losses;
  for (int i = 0; i < blocks; ++i) {
    losses.on_sent(1, 20, milliseconds(1));
    if (i % every == 0) losses.on_report(status(static_cast<std::uint32_t>(i), 16, 4, missing));
  }
  return losses;
}

TEST(BlockLosses, WantNoParityWhereNothingIsLost) {
  BlockLosses losses;
  EXPECT_EQ(losses.parity_for(20), 0u);
  losses.on_sent(1000, 20'000, seconds(1));
  EXPECT_EQ(losses.parity_for(20), 0u);
}

TEST(BlockLosses, TellBurstsFromSingleLosses) {
  EXPECT_LT(after(500, 10, 1).burst_packets(), 1.2);
  EXPECT_NEAR(after(500, 10, 3).burst_packets(), 3, 0.3);
  EXPECT_NEAR(after(500, 10, 3).packet_loss(), 0.015, 0.003);
  EXPECT_GT(after(500, 10, 3).parity_for(16), after(500, 10, 1).parity_for(16));
  EXPECT_GT(after(500, 5, 3).parity_for(16), after(500, 50, 3).parity_for(16));
}

TEST(BlockLosses, CountABlockOnceAndNonsenseNever) {
  BlockLosses losses;
  losses.on_sent(60, 1200, Nanos(0));
  losses.on_report(status(1, 16, 4, 3));
  const double once = losses.packet_loss();
  losses.on_report(status(1, 16, 4, 3));
  losses.on_report({.frame_index = 2, .data_count = 4, .received_data = 60'000});
  losses.on_report({.frame_index = 3, .missing_before_highest = 9, .data_count = 4});
  EXPECT_EQ(losses.packet_loss(), once);
}

TEST(BlockLosses, StayWithinWhatACodeCanDo) {
  BlockLosses losses;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    losses.on_sent(1, 20, Nanos(0));
    losses.on_report(status(i, 4, 16, 20));
  }
  for (const std::uint32_t data : {1u, 2u, 20u, 250u, 1000u})
    EXPECT_LE(losses.parity_for(data), std::min(data, 64u));
}

class StockClientRateTest : public ::testing::Test {
 protected:
  // 60 frames a second of what the rate allows, for so long.
  void stream(Nanos time, Nanos round_trip) {
    for (const LocalTime end = now + time; now < end; now += milliseconds(50)) {
      const double bytes = rate.bitrate_kbps() * 125.0 * 0.05;
      sent.frames += 3;
      sent.access_unit_bytes += static_cast<std::uint64_t>(bytes);
      sent.wire_bytes += static_cast<std::uint64_t>(bytes * 1.25);
      sent.packets += static_cast<std::uint64_t>(bytes * 1.25 / 1400);
      rate.on_round_trip(round_trip, now);
      rate.update(sent, Nanos(0), now);
    }
  }
  StockClientRate rate{{.asked_kbps = 15'000}};
  SentTotals sent;
  LocalTime now{seconds(5)};
};

TEST_F(StockClientRateTest, BeginsBelowWhatWasAskedAndIsThereInASecond) {
  EXPECT_LT(rate.bitrate_kbps(), 6'000u);
  stream(seconds(1), milliseconds(10));
  EXPECT_GE(rate.bitrate_kbps(), 13'000u);
  stream(seconds(5), milliseconds(10));
  EXPECT_EQ(rate.bitrate_kbps(), 15'000u);
}

TEST_F(StockClientRateTest, FallsWhileAQueueStands) {
  stream(seconds(5), milliseconds(10));
  stream(seconds(1), milliseconds(60));
  const std::uint32_t fallen = rate.bitrate_kbps();
  EXPECT_LT(fallen, 12'500u);
  EXPECT_EQ(rate.standing_queue(), milliseconds(50));
  stream(seconds(1), milliseconds(10));
  EXPECT_GE(rate.bitrate_kbps(), fallen);
}

TEST_F(StockClientRateTest, NeverFallsBelowItsFloorOrAboveWhatWasAsked) {
  stream(seconds(5), milliseconds(10));
  for (int i = 0; i < 60; ++i) stream(milliseconds(500), milliseconds(500 + 10 * i));
  EXPECT_GE(rate.bitrate_kbps(), StockClientRate::kFloorKbps / 2);
  stream(seconds(60), milliseconds(10));
  EXPECT_LE(rate.bitrate_kbps(), 15'000u);
}

TEST_F(StockClientRateTest, TakesTheRepeatsOfAStillScreenForNoMeasureOfPictures) {
  stream(seconds(5), milliseconds(10));
  for (int i = 0; i < 600; ++i) {
    if (i % 10 == 0) {  // two a second, each a packet and two of parity
      ++sent.frames;
      sent.packets += 3;
      sent.access_unit_bytes += 80;
      sent.wire_bytes += 3 * 1436;
    }
    rate.on_round_trip(milliseconds(10), now);
    rate.update(sent, Nanos(0), now);
    now += milliseconds(50);
  }
  EXPECT_EQ(rate.bitrate_kbps(), 15'000u);
}

TEST_F(StockClientRateTest, LearnsNothingFromAStillScreen) {
  const std::uint32_t begun = rate.bitrate_kbps();
  for (int i = 0; i < 200; ++i, now += milliseconds(50)) {
    rate.on_round_trip(milliseconds(10), now);
    rate.update(sent, Nanos(0), now);
  }
  EXPECT_LE(rate.bitrate_kbps(), begun * 3 / 2);
}

TEST_F(StockClientRateTest, PaysForParityWithVideo) {
  stream(seconds(10), milliseconds(10));
  EXPECT_EQ(rate.fec_percent(), 20u);
  for (std::uint32_t i = 0; i < 20; ++i) rate.on_fec_status(status(i, 20, 4, 5));
  stream(milliseconds(100), milliseconds(10));
  EXPECT_GE(rate.fec_percent(), 25u);
  EXPECT_LT(rate.bitrate_kbps(), 15'000u);
  EXPECT_GE(rate.bitrate_kbps() * (100 + rate.fec_percent()), 15'000u * 115);
  stream(seconds(60), milliseconds(10));
  EXPECT_EQ(rate.fec_percent(), 20u);
  EXPECT_EQ(rate.min_parity(), 2u);
}

// 8 packets with 20 % have 2 of parity: a burst of three loses them, but only once.
TEST_F(StockClientRateTest, SparesSmallFramesTheSecondBurstAndTheNextSeconds) {
  stream(seconds(30), milliseconds(10));
  EXPECT_EQ(rate.min_parity(), 2u);
  rate.on_fec_status(status(1, 8, 2, 3));
  stream(milliseconds(50), milliseconds(10));
  EXPECT_GE(rate.min_parity(), 4u);
  stream(seconds(4), milliseconds(10));
  EXPECT_GE(rate.min_parity(), 3u);
}

TEST_F(StockClientRateTest, SendsLessWhereAShortQueueDropsAFifth) {
  stream(seconds(5), milliseconds(10));
  std::uint32_t frame = 0;
  for (int i = 0; i < 10; ++i) {
    for (int j = 0; j < 3; ++j) rate.on_fec_status(status(++frame, 20, 5, 7));
    stream(milliseconds(50), milliseconds(12));
  }
  EXPECT_LT(rate.bitrate_kbps(), 13'000u);
}

TEST_F(StockClientRateTest, LivesThroughAnyReport) {
  stream(seconds(1), milliseconds(10));
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    rate.on_fec_status({.frame_index = i * 7919,
                        .missing_before_highest = static_cast<std::uint16_t>(i * 31),
                        .data_count = static_cast<std::uint16_t>(i * 17),
                        .parity_count = static_cast<std::uint16_t>(i * 13),
                        .received_data = static_cast<std::uint16_t>(i * 11),
                        .received_parity = static_cast<std::uint16_t>(i * 3)});
    rate.on_frames_lost(i * 101, i * 97);
  }
  stream(seconds(1), milliseconds(10));
  EXPECT_LE(rate.fec_percent(), 100u);
  EXPECT_LE(rate.min_parity(), 8u);
  EXPECT_GE(rate.bitrate_kbps(), 100u);
}

}  // namespace
}  // namespace pf::gamestream
