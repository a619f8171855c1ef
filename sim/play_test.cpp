// Plays are values: drawn alike from a seed, and played alike. A thousand of them run as tests of
// their own (CMakeLists.txt), through the program that repeats one by hand.
#include "sim/play.h"

#include <array>

#include <gtest/gtest.h>

namespace pf::sim {
namespace {

TEST(Play, ASeedIsPlayedAgainExactly) {
  for (const PlayKind& kind : play_kinds()) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      const Outcome once = kind.play(seed), again = kind.play(seed);
      EXPECT_EQ(once.description, again.description) << kind.name << " " << seed;
      EXPECT_EQ(once.summary, again.summary) << kind.name << " " << seed;
      EXPECT_NE(once.trace_hash, kind.play(seed + 1).trace_hash) << kind.name << " " << seed;
    }
  }
}

// A fault that a seed finds is told, and the same one the next time.
TEST(Play, AFaultIsFoundAgain) {
  Play play = draw_mixed(4);
  play.scenario.sabotage = Sabotage::byte_changed;
  const Outcome once = run(play), again = run(play);
  EXPECT_NE(once.violations, "");
  EXPECT_EQ(once.violations, again.violations);
}

// The dice must reach everything, or a thousand seeds prove less than they seem to.
TEST(Play, MixedSeedsCoverEveryFaultAndEveryEvent) {
  std::array<int, std::variant_size_v<Event>> events{};
  int bursts = 0, holes = 0, bottlenecks = 0, stalls = 0, others = 0, duplicated = 0, reordered = 0,
      nats = 0, gf8 = 0;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    const Play play = draw_mixed(seed);
    for (const TimedEvent& timed : play.events) ++events[timed.event.index()];
    const LinkFaults& media = play.scenario.media;
    bursts += media.bursts.mean_gap > Nanos(0);
    holes += media.hole.largest_bytes > 0;
    bottlenecks += media.bottleneck.there();
    stalls += media.bottleneck.rate.mean_stall_gap > Nanos(0);
    others += media.bottleneck.cross.on > Nanos(0);
    duplicated += media.duplication > 0;
    reordered += media.reordering > 0;
    nats += play.scenario.behind_nat;
    gf8 += play.scenario.shape.scheme == message::FecScheme::gf8;
  }
  for (const int count : events) EXPECT_GT(count, 50);
  for (const int count :
       {bursts, holes, bottlenecks, stalls, others, duplicated, reordered, nats, gf8})
    EXPECT_GT(count, 50);
}

}  // namespace
}  // namespace pf::sim
