// A screen that latches, a host that captures, and what is between them; and reports of nonsense.
#include "core/control/phase_control.h"

#include <gtest/gtest.h>

#include "core/base/rng.h"

namespace pf::control {
namespace {

constexpr Nanos kWireAhead = std::chrono::hours(1000);
WireTime to_wire(LocalTime at) { return WireTime(at.since_epoch() + kWireAhead); }

struct PhaseWorld {
  Nanos frame_period = Nanos(16'666'667);
  Nanos panel_period = Nanos(16'666'667);
  Nanos first_latch{0};
  Nanos way = milliseconds(9);  // from the capture to a picture that could be shown
  Nanos jitter = microseconds(200);
  std::uint64_t seed = 1;

  PhaseControl control{};
  Nanos shifted{0};
  Nanos largest_step{0};
  int moves = 0;
  Nanos lead{0};  // of the last report

  // A report each second.
  void run(Nanos length) {
    SeededRng rng(seed);
    PhaseMeter meter(LocalTime(seconds(1) + first_latch), panel_period);
    LocalTime captured(seconds(1));
    LocalTime report_at = captured + seconds(1);
    for (const LocalTime end = captured + length; captured < end; captured += frame_period) {
      const Nanos late(static_cast<std::int64_t>(rng.unit() * as_ns(jitter)));
      const LocalTime ready = captured + way + late;
      meter.on_picture(ready);
      if (ready < report_at) continue;
      report_at += seconds(1);
      auto report = meter.take_report();
      if (!report) continue;
      report->next_latch = to_wire(meter.next_latch(ready));
      report->uncertainty_ns = 500'000;
      lead = Nanos(report->lead_ns);
      const auto step = control.on_report(*report, frame_period, to_wire(ready), ready);
      if (!step) continue;
      captured += *step;
      shifted += *step;
      ++moves;
      largest_step = std::max(largest_step, std::chrono::abs(*step));
    }
  }
  static double as_ns(Nanos span) { return static_cast<double>(span.count()); }
};

TEST(PhaseControl, BringsPicturesJustBeforeTheLatchFromAnywhere) {
  for (std::int64_t phase_ms = 0; phase_ms < 17; ++phase_ms) {
    PhaseWorld world{.first_latch = milliseconds(phase_ms)};
    world.run(seconds(20));
    EXPECT_GE(world.lead, PhaseControl::kLeastLead - PhaseControl::kCloseEnough) << phase_ms;
    EXPECT_LE(world.lead, milliseconds(3)) << phase_ms;
    EXPECT_LE(world.largest_step, PhaseControl::kMostStep);
    EXPECT_LE(std::chrono::abs(world.shifted), milliseconds(9)) << "the shorter way round";
    EXPECT_LE(world.moves, 14) << "and then it rests";
  }
}

TEST(PhaseControl, LeavesRoomForJitter) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    PhaseWorld world{.first_latch = milliseconds(5), .jitter = milliseconds(5), .seed = seed};
    world.run(seconds(30));
    // Half of the jitter is in the mean; the earliest pictures wait longest, the latest still come.
    EXPECT_GE(world.lead, milliseconds(3));
    EXPECT_LE(world.lead, milliseconds(7));
  }
}

TEST(PhaseControl, FollowsAScreenThatRunsALittleSlower) {
  PhaseWorld world{.panel_period = Nanos(16'683'350), .first_latch = milliseconds(3)};  // 59.94 Hz
  world.run(seconds(60));
  EXPECT_GE(world.lead, microseconds(200));
  EXPECT_LE(world.lead, milliseconds(5));
  EXPECT_LE(world.largest_step, PhaseControl::kMostStep);
}

TEST(PhaseControl, ServesAScreenThatIsTwiceAsFast) {
  PhaseWorld world{.panel_period = Nanos(8'333'333), .first_latch = milliseconds(7)};
  world.run(seconds(20));
  EXPECT_LE(world.lead, milliseconds(3));
}

TEST(PhaseControl, LetsScreensAloneThatHaveNoPhaseWithTheStream) {
  for (const Nanos panel : {Nanos(6'944'444), Nanos(13'333'333), Nanos(33'333'333)}) {
    PhaseWorld world{.panel_period = panel};
    world.run(seconds(10));
    EXPECT_EQ(world.moves, 0) << panel.count();
  }
}

TEST(PhaseControl, IgnoresNonsense) {
  const LocalTime now(seconds(100));
  constexpr Nanos kFrame = Nanos(16'666'667);
  const message::PhaseReport good{.next_latch = to_wire(now + milliseconds(5)),
                                  .period_ns = 16'666'667,
                                  .uncertainty_ns = 1'000'000,
                                  .lead_ns = 9'000'000,
                                  .coherence_permille = 950};
  const auto taken = [&](message::PhaseReport report) {
    return PhaseControl().on_report(report, kFrame, to_wire(now), now).has_value();
  };
  EXPECT_TRUE(taken(good));
  auto bad = good;
  bad.period_ns = 0;
  EXPECT_FALSE(taken(bad));
  bad.period_ns = 1'000'000;
  EXPECT_FALSE(taken(bad));
  bad.period_ns = 50'000'000;
  EXPECT_FALSE(taken(bad));
  bad = good;
  bad.lead_ns = 20'000'000;
  EXPECT_FALSE(taken(bad)) << "a picture does not wait for longer than a period";
  bad = good;
  bad.uncertainty_ns = 9'000'000;
  EXPECT_FALSE(taken(bad));
  bad = good;
  bad.coherence_permille = 100;
  EXPECT_FALSE(taken(bad)) << "a mean of everything is none";
  bad.coherence_permille = 1001;
  EXPECT_FALSE(taken(bad));
  bad = good;
  for (const WireTime latch : {WireTime(), WireTime(Nanos::max()), WireTime(Nanos::min()),
                               to_wire(now - seconds(60)), to_wire(now + seconds(60))}) {
    bad.next_latch = latch;
    EXPECT_FALSE(taken(bad));
  }
  bad = good;
  bad.coherence_permille.reset();
  EXPECT_TRUE(taken(bad)) << "old clients do not say";
}

TEST(PhaseControl, AFloodOfReportsMovesAsLittleAsOneIn500Ms) {
  PhaseControl control;
  int moves = 0;
  for (LocalTime now(seconds(100)); now < LocalTime(seconds(102)); now += milliseconds(1)) {
    const message::PhaseReport report{
        .next_latch = to_wire(now), .period_ns = 16'666'667, .lead_ns = 9'000'000};
    if (control.on_report(report, Nanos(16'666'667), to_wire(now), now)) ++moves;
  }
  EXPECT_LE(moves, 4);
}

TEST(PhaseMeter, KnowsNothingFromAFewPictures) {
  PhaseMeter meter(LocalTime(seconds(1)), milliseconds(16));
  for (std::uint32_t i = 0; i + 1 < PhaseMeter::kLeastPictures; ++i)
    meter.on_picture(LocalTime(seconds(2)));
  EXPECT_FALSE(meter.take_report());
}

TEST(PhaseMeter, TakesTheMeanAroundTheLatch) {
  PhaseMeter meter(LocalTime(seconds(1)), milliseconds(10));
  // One millisecond before the latch and one after: on the average none.
  for (int i = 0; i < 10; ++i) {
    const LocalTime latch(seconds(1) + milliseconds(10) * i);
    meter.on_picture(latch + milliseconds(i % 2 == 0 ? -1 : 1));
  }
  const auto report = meter.take_report();
  ASSERT_TRUE(report);
  const Nanos lead(report->lead_ns);
  EXPECT_TRUE(lead < microseconds(10) || lead > microseconds(9990)) << lead.count();
  EXPECT_GT(*report->coherence_permille, 750);
  EXPECT_EQ(meter.next_latch(LocalTime(seconds(1) + milliseconds(12))),
            LocalTime(seconds(1) + milliseconds(20)));
  EXPECT_EQ(meter.next_latch(LocalTime(milliseconds(995))), LocalTime(seconds(1)));
}

}  // namespace
}  // namespace pf::control
