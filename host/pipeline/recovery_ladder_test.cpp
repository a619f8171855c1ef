#include "host/pipeline/recovery_ladder.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "core/runtime/backoff.h"

namespace pf::pipeline {
namespace {

using Part = RecoveryLadder::Part;
using Rung = RecoveryLadder::Rung;

TEST(RecoveryLadder, OpensAgainThenTakesAnotherDisplayThenTriesNowAndThen) {
  RecoveryLadder ladder;
  std::vector<Rung> rungs;
  for (int i = 0; i < 8; ++i) rungs.push_back(ladder.after_failure(Part::capture, Nanos(0)).rung);
  EXPECT_EQ(rungs, (std::vector<Rung>{Rung::reopen, Rung::reopen, Rung::reopen, Rung::new_display,
                                      Rung::new_display, Rung::now_and_then, Rung::now_and_then,
                                      Rung::now_and_then}));
}

TEST(RecoveryLadder, NeverTakesTheDesktopAwayForAnEncoder) {
  RecoveryLadder ladder;
  for (int i = 0; i < 20; ++i)
    EXPECT_FALSE(ladder.after_failure(Part::encoder, Nanos(0)).new_display);
}

TEST(RecoveryLadder, ForgetsAfterTenSecondsOfPictures) {
  RecoveryLadder ladder;
  for (int i = 0; i < 20; ++i) ladder.after_failure(Part::capture, Nanos(0));
  EXPECT_EQ(ladder.after_failure(Part::capture, seconds(10)).rung, Rung::reopen);
}

TEST(RecoveryLadder, WhatWasRefusedIsTriedNowAndThen) {
  RecoveryLadder ladder;
  EXPECT_EQ(ladder.after_refusal().pause, RecoveryLadder::kSlowPause);
  EXPECT_EQ(ladder.after_failure(Part::capture, Nanos(0)).rung, Rung::now_and_then);
}

// Ten simulated minutes with a capture that breaks `life` after its key frame: when each came.
std::vector<LocalTime> keyframes(Nanos life, Part part) {
  RecoveryLadder ladder;
  Backoff backoff({});
  std::vector<LocalTime> at;
  for (LocalTime now{seconds(1000)}; now < LocalTime(seconds(1600));) {
    at.push_back(now);
    const LocalTime opened = now;
    now = now + life;
    now =
        now + std::max(backoff.after_failure(opened, now), ladder.after_failure(part, life).pause);
  }
  return at;
}

std::size_t most_within(const std::vector<LocalTime>& at, Nanos window) {
  std::size_t most = 0;
  for (std::size_t first = 0, last = 0; last < at.size(); ++last) {
    while (at[last] - at[first] >= window) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

TEST(RecoveryLadder, ASourceThatBreaksAtOnceCostsFewKeyframesAndIsNeverGivenUp) {
  for (const Part part : {Part::display, Part::capture, Part::encoder}) {
    for (const int life_ms : {0, 1, 10, 100, 500, 1000, 1900}) {
      const auto at = keyframes(milliseconds(life_ms), part);
      EXPECT_LE(most_within(at, seconds(1)), 5u) << life_ms;
      EXPECT_LE(most_within(at, seconds(10)), 6u) << life_ms;
      // One in ten seconds, and the quick ones at the beginning.
      EXPECT_LE(at.size(), 600u / 10 + 6) << life_ms;
      EXPECT_GE(at.size(), 600u / 12) << life_ms;
    }
  }
}

TEST(RecoveryLadder, ASourceThatGivesPicturesForAWhileComesBackWithinTheBackoff) {
  for (const int life_ms : {2000, 3000, 9000, 30'000}) {
    const auto at = keyframes(milliseconds(life_ms), Part::capture);
    for (std::size_t i = 1; i < at.size(); ++i)
      EXPECT_LE(at[i] - at[i - 1], milliseconds(life_ms) + seconds(2)) << life_ms;
  }
}

}  // namespace
}  // namespace pf::pipeline
