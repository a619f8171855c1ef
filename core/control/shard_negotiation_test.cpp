#include "core/control/shard_negotiation.h"

#include <gtest/gtest.h>

namespace pf::control {
namespace {

constexpr LocalTime kBegan{seconds(100)};
constexpr LocalTime kFirst = kBegan + ShardNegotiation::kFirstLook;
constexpr LocalTime kLast = kBegan + ShardNegotiation::kLastLook;

ShardNegotiation::Terms terms(std::uint16_t shard_bytes = 1408) {
  return {.shard_bytes = shard_bytes, .largest_bytes = 1408, .client_limit_bytes = 9152};
}

TEST(ShardNegotiation, LeavesAnEthernetAlone) {
  ShardNegotiation shards(terms(), kBegan);
  shards.on_path_proven(1200);  // the search begins there
  shards.on_path_proven(1444);
  EXPECT_EQ(shards.next_timeout(), kFirst);
  const auto first = shards.handle_timeout(kFirst);
  EXPECT_FALSE(first.announce || first.apply || first.learned);
  const auto last = shards.handle_timeout(kLast);
  EXPECT_FALSE(last.announce || last.apply);
  EXPECT_EQ(last.learned, 1444u);
  EXPECT_EQ(shards.next_timeout(), std::nullopt);
}

TEST(ShardNegotiation, ShrinksAtOnceOnASmallPath) {
  ShardNegotiation shards(terms(), kBegan);
  shards.on_path_proven(1232);
  const auto first = shards.handle_timeout(kFirst);
  EXPECT_EQ(first.announce, 1168);
  EXPECT_EQ(first.apply, 1168);
  EXPECT_FALSE(first.learned);  // the search may still go on
  EXPECT_FALSE(shards.on_ack(1168).apply);
  const auto last = shards.handle_timeout(kLast);
  EXPECT_FALSE(last.announce || last.apply);
  EXPECT_EQ(last.learned, 1232u);
}

TEST(ShardNegotiation, GrowsOnceTheClientAgrees) {
  ShardNegotiation shards(terms(1168), kBegan);
  shards.on_path_proven(1444);
  const auto offer = shards.handle_timeout(kFirst);
  EXPECT_EQ(offer.announce, 1408);
  EXPECT_FALSE(offer.apply);
  EXPECT_FALSE(shards.on_ack(1232).apply);  // another size was meant
  EXPECT_EQ(shards.on_ack(1408).apply, 1408);
  EXPECT_FALSE(shards.on_ack(1408).apply);
  EXPECT_EQ(shards.shard_bytes(), 1408);
}

TEST(ShardNegotiation, GivesUpGrowingWithoutAnAnswerAndTriesOnceMore) {
  ShardNegotiation shards(terms(1168), kBegan);
  shards.on_path_proven(1444);
  EXPECT_TRUE(shards.handle_timeout(kFirst).announce);
  const LocalTime late = kFirst + ShardNegotiation::kAckTimeout;
  EXPECT_EQ(shards.next_timeout(), late);
  EXPECT_FALSE(shards.handle_timeout(late).announce);
  EXPECT_FALSE(shards.on_ack(1408).apply);
  EXPECT_EQ(shards.shard_bytes(), 1168);
  EXPECT_EQ(shards.handle_timeout(kLast).announce, 1408);
}

TEST(ShardNegotiation, GrowsNoFurtherThanTheClientTakes) {
  auto small = terms(1168);
  small.client_limit_bytes = 1300;
  ShardNegotiation shards(small, kBegan);
  shards.on_path_proven(1444);
  EXPECT_FALSE(shards.handle_timeout(kFirst).announce);
}

TEST(ShardNegotiation, OnlyLearnsWhereTheClientKeepsToTheWelcome) {
  auto old = terms();
  old.client_limit_bytes = 0;
  ShardNegotiation shards(old, kBegan);
  shards.on_path_proven(1232);
  EXPECT_FALSE(shards.handle_timeout(kFirst).announce);
  const auto last = shards.handle_timeout(kLast);
  EXPECT_FALSE(last.announce || last.apply);
  EXPECT_EQ(last.learned, 1232u);
}

TEST(ShardNegotiation, KnowsNothingOfAnUnknownPath) {
  ShardNegotiation shards(terms(), kBegan);
  EXPECT_FALSE(shards.handle_timeout(kFirst).announce);
  EXPECT_FALSE(shards.handle_timeout(kLast).learned);
}

TEST(ShardNegotiation, StaysAboveTheLeastOfTheFormat) {
  ShardNegotiation shards(terms(), kBegan);
  shards.on_path_proven(100);  // no path of QUIC is so small
  EXPECT_EQ(shards.handle_timeout(kFirst).apply, 512);
}

}  // namespace
}  // namespace pf::control
