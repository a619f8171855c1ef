// What the simulated network promises to whoever is judged on it.
#include "sim/link.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/link_models.h"

namespace pf::sim {
namespace {

constexpr std::uint64_t kSeed = 5;
constexpr std::uint32_t kFullBytes = 1250 - BottleneckQueue::kHeaderBytes;  // 10 kbit on the wire

std::vector<std::byte> datagram(std::size_t size) { return std::vector<std::byte>(size); }

struct Sent {
  LocalTime at;
  std::optional<LocalTime> arrived;
};

// One datagram at a time, so that each is known by its instant.
std::vector<Sent> send_evenly(const LinkFaults& faults, Nanos spacing, int count,
                              std::uint64_t seed = kSeed) {
  SeededRng rng(seed);
  Link link(faults, rng);
  std::vector<Sent> sent;
  for (int i = 0; i < count; ++i) {
    const LocalTime at = kWorldStart + i * spacing;
    const std::uint64_t lost = link.lost();
    link.send(datagram(kFullBytes), at);
    sent.push_back({at, std::nullopt});
    if (link.lost() > lost) continue;
    sent.back().arrived = link.next_arrival();
    while (link.next_arrival()) link.arrive(*link.next_arrival());
  }
  return sent;
}

TEST(LinkBursts, LoseTogetherWhatOneByOneWouldLoseApart) {
  const LinkFaults bursts{.bursts = {.mean_gap = milliseconds(95), .mean_length = milliseconds(5)}};
  const LinkFaults apart{.loss = 0.05};
  const auto runs_and_losses = [](const LinkFaults& faults) {
    const std::vector<Sent> sent = send_evenly(faults, microseconds(500), 100'000);
    int losses = 0, runs = 0;
    for (std::size_t i = 0; i < sent.size(); ++i) {
      if (sent[i].arrived) continue;
      ++losses;
      if (i == 0 || sent[i - 1].arrived) ++runs;
    }
    return std::pair(runs, losses);
  };
  const auto [burst_runs, burst_losses] = runs_and_losses(bursts);
  const auto [single_runs, single_losses] = runs_and_losses(apart);
  EXPECT_NEAR(burst_losses, 5000, 700);
  EXPECT_NEAR(single_losses, 5000, 300);
  EXPECT_NEAR(burst_losses / burst_runs, 10, 2);  // 5 ms at 2000 datagrams a second
  EXPECT_EQ(single_losses / single_runs, 1);
}

TEST(LinkBursts, FollowFromTheSeedWhateverIsSent) {
  const LinkFaults faults{.bursts = {.mean_gap = milliseconds(50), .mean_length = milliseconds(9)}};
  const std::vector<Sent> often = send_evenly(faults, milliseconds(1), 2000);
  const std::vector<Sent> seldom = send_evenly(faults, milliseconds(2), 1000);
  for (std::size_t i = 0; i < seldom.size(); ++i)
    EXPECT_EQ(seldom[i].arrived.has_value(), often[2 * i].arrived.has_value()) << i;
}

TEST(LinkHole, SwallowsWhatIsTooLargeWhileItIsThere) {
  SeededRng rng(kSeed);
  Link link({.hole = {.largest_bytes = 1200, .from = milliseconds(10), .until = milliseconds(20)}},
            rng);
  const auto passes = [&](std::size_t size, Nanos since) {
    const std::uint64_t lost = link.lost();
    link.send(datagram(size), kWorldStart + since);
    return link.lost() == lost;
  };
  EXPECT_TRUE(passes(1452, milliseconds(9)));
  EXPECT_FALSE(passes(1201, milliseconds(10)));
  EXPECT_TRUE(passes(1200, milliseconds(15)));
  EXPECT_TRUE(passes(1452, milliseconds(20)));
}

TEST(LinkQueue, ServesAtItsRateAndDropsAtItsTail) {
  LinkFaults faults{.delay = milliseconds(5)};
  faults.bottleneck = {.rate = {.steps = {{Nanos(0), 10'000}}}, .queue_bytes = 5000};
  SeededRng rng(kSeed);
  Link link(faults, rng);
  std::vector<QueueSample> samples;
  link.note_queue(samples);
  for (int i = 0; i < 6; ++i) link.send(datagram(kFullBytes), kWorldStart);
  EXPECT_EQ(link.lost(), 2u);
  for (int i = 1; i <= 4; ++i) {  // 1250 bytes take a millisecond
    EXPECT_EQ(link.next_arrival(), kWorldStart + milliseconds(5 + i));
    EXPECT_TRUE(link.arrive(*link.next_arrival()));
  }
  ASSERT_EQ(samples.size(), 6u);
  EXPECT_EQ(samples[3].delay, milliseconds(4));
  EXPECT_TRUE(samples[4].dropped);
  EXPECT_EQ(link.bottleneck()->dropped(), 2u);
  link.send(datagram(kFullBytes), kWorldStart + milliseconds(3));  // three have left
  EXPECT_EQ(link.next_arrival(), kWorldStart + milliseconds(10));
}

TEST(LinkQueue, HoldsNoMoreThanItsTime) {
  LinkFaults faults{.delay = Nanos(0)};
  faults.bottleneck = {.rate = {.steps = {{Nanos(0), 1'000}}}, .queue = milliseconds(100)};
  SeededRng rng(kSeed);
  Link link(faults, rng);
  for (int i = 0; i < 100; ++i) link.send(datagram(kFullBytes), kWorldStart);
  LocalTime last;
  while (link.next_arrival()) {
    last = *link.next_arrival();
    link.arrive(last);
  }
  EXPECT_EQ(last, kWorldStart + milliseconds(110));  // one more is let in at 100 ms exactly
}

TEST(LinkQueue, AChangeOfRateCountsForWhatWaitsToo) {
  LinkFaults faults{.delay = Nanos(0)};
  faults.bottleneck.rate.steps = {{Nanos(0), 10'000}, {milliseconds(2), 1'000}};
  SeededRng rng(kSeed);
  Link link(faults, rng);
  for (int i = 0; i < 3; ++i) link.send(datagram(kFullBytes), kWorldStart);
  for (const int expected_ms : {1, 2, 12}) {
    EXPECT_EQ(link.next_arrival(), kWorldStart + milliseconds(expected_ms));
    link.arrive(*link.next_arrival());
  }
}

TEST(LinkQueue, ABurstReachesItAsFastAsOurCardSends) {
  LinkFaults faults{.delay = Nanos(0)};
  faults.bottleneck = {.rate = {.steps = {{Nanos(0), 10'000}}}, .card_kbps = 20'000};
  SeededRng rng(kSeed);
  Link link(faults, rng);
  std::vector<QueueSample> samples;
  link.note_queue(samples);
  for (int i = 0; i < 10; ++i) link.send(datagram(kFullBytes), kWorldStart);
  EXPECT_EQ(samples[9].at, kWorldStart + milliseconds(5));
  EXPECT_EQ(samples[9].delay, microseconds(5500));  // half of them had left
}

TEST(LinkQueue, StallsHoldEverythingBackAndLoseNothing) {
  LinkFaults faults{.delay = Nanos(0)};
  faults.bottleneck.rate = {.steps = {{Nanos(0), 100'000}},
                            .mean_stall_gap = milliseconds(200),
                            .mean_stall = milliseconds(20)};
  const std::vector<Sent> sent = send_evenly(faults, milliseconds(1), 10'000);
  Nanos longest{0};
  int held = 0;
  for (const Sent& one : sent) {
    ASSERT_TRUE(one.arrived);
    longest = std::max(longest, *one.arrived - one.at);
    if (*one.arrived - one.at > milliseconds(1)) ++held;
  }
  EXPECT_GT(longest, milliseconds(30));
  EXPECT_NEAR(held, 10'000 / 11, 250);  // 20 ms of each 220
}

TEST(LinkQueue, OthersTakeTheirShareWhileTheyAreThere) {
  LinkFaults faults{.delay = Nanos(0)};
  faults.bottleneck = {
      .rate = {.steps = {{Nanos(0), 10'000}}},
      .cross = {.rate_kbps = 8'000, .off = milliseconds(500), .on = milliseconds(500)}};
  SeededRng rng(kSeed);
  Link link(faults, rng);
  BottleneckQueue& queue = *link.bottleneck();
  EXPECT_EQ(queue.available_kbps(kWorldStart + milliseconds(400)), 10'000u);
  EXPECT_EQ(queue.available_kbps(kWorldStart + milliseconds(600)), 2'000u);
  EXPECT_EQ(queue.available_step_kbps(kWorldStart + milliseconds(1100)), 10'000u);
  std::vector<QueueSample> samples;
  link.note_queue(samples);
  for (int i = 0; i < 250; ++i) link.send(datagram(kFullBytes), kWorldStart + i * milliseconds(4));
  const auto mean_ms = [&](std::size_t first, std::size_t last) {
    Nanos sum{0};
    for (std::size_t i = first; i < last; ++i) sum += samples[i].delay;
    return static_cast<double>(sum.count()) / 1e6 / static_cast<double>(last - first);
  };
  EXPECT_NEAR(mean_ms(0, 125), 1, 0.01);
  EXPECT_GT(mean_ms(125, 250), 3);  // 2.5 of 2 Mbit/s: a queue builds up
}

TEST(LinkQueue, WithoutReorderingJitterKeepsTheOrder) {
  SeededRng rng(kSeed);
  Link link({.jitter = milliseconds(20), .jitter_reorders = false}, rng);
  for (int i = 0; i < 200; ++i) {
    std::vector<std::byte> bytes{std::byte(i)};
    link.send(bytes, kWorldStart + i * milliseconds(1));
  }
  for (int i = 0; i < 200; ++i)
    EXPECT_EQ(std::to_integer<int>(link.arrive(*link.next_arrival())->bytes.at(0)), i);
}

TEST(Capacity, WandersWithinItsBoundAndTheSameForEverySender) {
  const RateCourse course{.steps = {{Nanos(0), 20'000}, {seconds(5), 10'000}},
                          .repeat = seconds(10),
                          .wander = 0.3,
                          .wander_every = milliseconds(10)};
  Capacity asked(course, kSeed), served(course, kSeed);
  std::uint32_t least = 100'000, most = 0;
  for (int i = 0; i < 3000; ++i) {
    const LocalTime at = kWorldStart + i * milliseconds(10);
    served.serve(at, 1000);
    const std::uint32_t rate = asked.rate_kbps(at);
    EXPECT_EQ(rate, served.rate_kbps(at));
    const std::uint32_t step = asked.step_kbps(at);
    EXPECT_EQ(step, i / 500 % 2 == 0 ? 20'000u : 10'000u);
    EXPECT_GE(rate + 1, step * 7 / 10);
    EXPECT_LE(rate, step * 13 / 10);
    least = std::min(least, rate * 100 / step);
    most = std::max(most, rate * 100 / step);
  }
  EXPECT_LT(least, 80u);
  EXPECT_GT(most, 120u);
}

// The queue is right however the course of the rate is cut: in the end so many bits have passed.
TEST(Capacity, ServesAsMuchAsItsRateAddsUpTo) {
  const RateCourse course{.steps = {{Nanos(0), 30'000}},
                          .wander = 0.3,
                          .wander_every = milliseconds(7),
                          .mean_stall_gap = milliseconds(50),
                          .mean_stall = milliseconds(5)};
  Capacity one_by_one(course, kSeed), at_once(course, kSeed);
  constexpr std::uint64_t kBits = 10'000;
  LocalTime done = kWorldStart;
  for (int i = 0; i < 1000; ++i) done = one_by_one.serve(done, kBits);
  const Nanos apart = std::chrono::abs(at_once.serve(kWorldStart, 1000 * kBits) - done);
  EXPECT_LT(apart, microseconds(200));  // of rounding: half a second in all
}

TEST(LinkModels, AreEnoughAndEachHasANameASentenceAndABottleneck) {
  EXPECT_GE(link_models().size(), 12u);
  std::set<std::string_view> names;
  for (const LinkModel& model : link_models()) {
    EXPECT_TRUE(names.insert(model.name).second) << model.name;
    EXPECT_FALSE(model.what.empty()) << model.name;
    EXPECT_TRUE(model.down.bottleneck.there()) << model.name;
    EXPECT_EQ(find_link_model(model.name), &model);
  }
  EXPECT_EQ(find_link_model("carrier pigeon"), nullptr);
}

TEST(LinkModels, CarryHalfOfWhatTheyHaveWithoutALastingQueue) {
  for (const LinkModel& model : link_models()) {
    SeededRng rng(kSeed);
    Link link(model.down, rng);
    std::vector<QueueSample> samples;
    link.note_queue(samples);
    for (LocalTime at = kWorldStart; at < kWorldStart + seconds(10);) {
      link.send(datagram(kFullBytes), at);
      const std::uint32_t rate = std::min(link.bottleneck()->available_kbps(at) / 2, 20'000u);
      at += Nanos(10'000ll * 1'000'000 / rate);
      while (link.next_arrival() && *link.next_arrival() <= at) link.arrive(at);
    }
    std::sort(samples.begin(), samples.end(),
              [](const QueueSample& a, const QueueSample& b) { return a.delay < b.delay; });
    EXPECT_LT(samples[samples.size() * 95 / 100].delay, milliseconds(15)) << model.name;
  }
}

}  // namespace
}  // namespace pf::sim
