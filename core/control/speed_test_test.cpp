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
std::optional<SpeedTestVerdict> measure(const Bottleneck& link, std::uint64_t seed) {
  SeededRng rng(seed);
  SpeedTestClient client(500'000);
  SpeedTestHost host(true);
  (void)host.on_request(client.request(), at(Nanos(0)));
  constexpr double kWireBytes = 1500, kShardBytes = 1408;
  double busy_until_s = 0, last_s = 0, bucket_bytes = link.bucket_kb * 1000;
  LocalTime now = at(Nanos(0));
  while (const auto due = host.unit_due(now)) {
    now = std::max(now, *due);
    const double now_s = std::chrono::duration<double>(now - at(Nanos(0))).count();
    const auto packets = static_cast<std::uint32_t>(host.unit_bytes() / kShardBytes) + 1;
    std::uint32_t arrived = 0;
    for (std::uint32_t i = 0; i < packets; ++i) {
      if (busy_until_s - now_s > link.queue_ms / 1000) continue;
      double cost_bytes = kWireBytes;
      if (bucket_bytes > 0) {
        bucket_bytes -= kWireBytes;
        cost_bytes = kWireBytes / 20;
      }
      busy_until_s = std::max(busy_until_s, now_s) + cost_bytes / 125 / link.kbps;
      if (rng.unit() < link.loss) continue;
      ++arrived;
      last_s = std::max(last_s, busy_until_s + link.jitter_ms / 1000 * rng.unit());
    }
    host.on_unit_sent(packets, packets, 0);
    // Parity makes good for what is missing of most units; what came is counted.
    if (arrived * 10 < packets * 8) continue;
    client.on_filler(at(Nanos(static_cast<std::int64_t>(last_s * 1e9))),
                     static_cast<std::uint64_t>(arrived * kWireBytes), arrived);
  }
  return client.verdict(*host.take_result(at(seconds(1))));
}

TEST(SpeedTest, NeverOverstatesTheNarrowestLinkByMoreThanATwentieth) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    for (const Bottleneck& link :
         {Bottleneck{}, Bottleneck{.kbps = 8'000}, Bottleneck{.kbps = 300'000},
          Bottleneck{.queue_ms = 1000}, Bottleneck{.bucket_kb = 500}, Bottleneck{.jitter_ms = 10},
          Bottleneck{.kbps = 100'000, .loss = 0.05}}) {
      const auto verdict = measure(link, seed);
      if (!verdict) continue;  // says nothing, which is no overstatement
      EXPECT_LE(verdict->link_kbps, link.kbps * 1.05) << seed;
      EXPECT_TRUE(verdict->link_was_full);
    }
  }
  EXPECT_GE(measure({}, 1).value_or(SpeedTestVerdict{}).link_kbps, 25'000u);
  const auto fast = measure({.kbps = 2'000'000}, 1);
  ASSERT_TRUE(fast);
  EXPECT_FALSE(fast->link_was_full);
  EXPECT_LE(fast->link_kbps, 500'000u);
}

TEST(SpeedTestClient, SaysNothingWhenTheHostDeclined) {
  SpeedTestClient client(100'000);
  EXPECT_FALSE(client.verdict({}));
  EXPECT_FALSE(client.verdict({.bytes_sent = 10, .packets_sent = 10}));
}

}  // namespace
}  // namespace pf::control
