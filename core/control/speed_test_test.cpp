#include <gtest/gtest.h>

#include "core/base/rng.h"
#include "core/control/speed_test_client.h"
#include "core/control/speed_test_host.h"

namespace pf::control {
namespace {

LocalTime at(Nanos since_start) { return LocalTime(seconds(1000) + since_start); }

TEST(SpeedTestHost, KeepsItsBounds) {
  SpeedTestHost host(true);
  using Answer = SpeedTestHost::Answer;
  EXPECT_EQ(host.on_request({.target_kbps = 0, .duration_ms = 800}, at(Nanos(0))), Answer::decline);
  EXPECT_EQ(host.on_request({~0u, ~0u}, at(Nanos(0))), Answer::begin);
  EXPECT_EQ(host.unit_bytes(), SpeedTestHost::kMostUnitBytes);
  EXPECT_EQ(host.on_request({1000, 100}, at(milliseconds(9999))), Answer::ignore);
  EXPECT_FALSE(host.take_result(at(milliseconds(4999))));
  EXPECT_FALSE(host.unit_due(at(seconds(5))));
  EXPECT_EQ(host.take_result(at(seconds(5)))->duration_ms, 5000u);
  EXPECT_FALSE(host.take_result(at(seconds(5))));
  EXPECT_EQ(host.on_request({1000, 100}, at(seconds(10))), Answer::begin);
  EXPECT_EQ(host.unit_bytes(), SpeedTestHost::kLeastUnitBytes);
  EXPECT_EQ(SpeedTestHost(false).on_request({1000, 100}, at(Nanos(0))), Answer::decline);
}

struct Bottleneck {
  double kbps = 50'000;
  double queue_ms = 200;
  double bucket_kb = 0;  // passes at once when it is full
  double jitter_ms = 0;
  double loss = 0;
};

// Host, link and client of one test.
SpeedTested measure(const Bottleneck& link, std::uint64_t seed) {
  SeededRng rng(seed);
  SpeedTestClient client({.target_kbps = 500'000, .length = milliseconds(800)}, 1408, at(Nanos(0)));
  SpeedTestHost host(true);
  (void)host.on_request(client.request(), at(Nanos(0)));
  constexpr double kWireBytes = 1500, kShardBytes = 1408;
  std::uint64_t arrived = 0;
  double busy_until_s = 0, last_s = 0, bucket_bytes = link.bucket_kb * 1000;
  LocalTime now = at(Nanos(0));
  while (const auto due = host.unit_due(now)) {
    now = std::max(now, *due);
    const double now_s = std::chrono::duration<double>(now - at(Nanos(0))).count();
    const auto packets = static_cast<std::uint32_t>(host.unit_bytes() / kShardBytes) + 1;
    for (std::uint32_t i = 0; i < packets; ++i) {
      if (busy_until_s - now_s > link.queue_ms / 1000) continue;
      double cost_bytes = kWireBytes;
      if (bucket_bytes > 0) {
        bucket_bytes -= kWireBytes;
        cost_bytes = kWireBytes / 20;
      }
      busy_until_s = std::max(busy_until_s, now_s) + cost_bytes / 125 / link.kbps;
      if (rng.unit() < link.loss) continue;
      last_s = std::max(last_s, busy_until_s + link.jitter_ms / 1000 * rng.unit());
      client.on_filler(
          {.at = at(Nanos(static_cast<std::int64_t>(last_s * 1e9))), .packets = ++arrived});
    }
    host.on_unit_sent(packets, packets, 0);
  }
  client.on_result(*host.take_result(at(seconds(1))), at(seconds(1)));
  return *client.poll(client.next_timeout());
}

TEST(SpeedTest, NeverOverstatesTheNarrowestLinkByMoreThanATwentieth) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    for (const Bottleneck& link :
         {Bottleneck{}, Bottleneck{.kbps = 8'000}, Bottleneck{.kbps = 300'000},
          Bottleneck{.queue_ms = 1000}, Bottleneck{.bucket_kb = 500}, Bottleneck{.jitter_ms = 10},
          Bottleneck{.kbps = 100'000, .loss = 0.05}}) {
      const SpeedTested tested = measure(link, seed);
      ASSERT_EQ(tested.outcome, SpeedTested::Outcome::measured) << seed;
      EXPECT_LE(tested.verdict.link_kbps, link.kbps * 1.05) << seed;
      EXPECT_GE(tested.verdict.link_kbps, link.kbps * 0.5) << seed;
      EXPECT_TRUE(tested.verdict.link_was_full);
    }
  }
  const SpeedTested fast = measure({.kbps = 2'000'000}, 1);
  ASSERT_EQ(fast.outcome, SpeedTested::Outcome::measured);
  EXPECT_FALSE(fast.verdict.link_was_full);
  EXPECT_LE(fast.verdict.link_kbps, 500'000u);
  EXPECT_EQ(fast.verdict.loss_ppm, 0u);
}

TEST(SpeedTest, CountsWhatWasLost) {
  EXPECT_NEAR(measure({.kbps = 2'000'000, .loss = 0.05}, 1).verdict.loss_ppm, 50'000, 5'000);
  EXPECT_NEAR(measure({.kbps = 50'000, .queue_ms = 10}, 1).verdict.loss_ppm, 900'000, 20'000);
}

SpeedTestClient asked_for(Nanos length) {
  return SpeedTestClient({.target_kbps = 100'000, .length = length}, 1408, at(Nanos(0)));
}

TEST(SpeedTestClient, SaysWhyThereIsNoAnswer) {
  using Outcome = SpeedTested::Outcome;
  SpeedTestClient declined = asked_for(seconds(60));
  EXPECT_EQ(declined.request().duration_ms, 5000u);
  EXPECT_FALSE(declined.poll(at(seconds(1))));
  declined.on_result({}, at(seconds(1)));
  EXPECT_EQ(declined.poll(at(seconds(1)))->outcome, Outcome::declined);

  const SpeedTestClient silent = asked_for(seconds(1));
  EXPECT_FALSE(silent.poll(at(milliseconds(5999))));
  EXPECT_EQ(silent.poll(at(seconds(6)))->outcome, Outcome::unanswered);

  SpeedTestClient starved = asked_for(seconds(1));
  starved.on_result({.bytes_sent = 10, .packets_sent = 10}, at(seconds(1)));
  EXPECT_FALSE(starved.poll(at(seconds(1))));  // it may still be on its way
  EXPECT_EQ(starved.poll(at(milliseconds(1500)))->outcome, Outcome::too_little);
}

TEST(SpeedTestClient, AdvisesWhatFitsBesideHeadersAndParity) {
  // 1500 bytes on the wire for 1408 of video, a tenth of parity, and a quarter of room.
  EXPECT_NEAR(advised_kbps(100'000, 1408, 10), 64'000, 500);
}

}  // namespace
}  // namespace pf::control
