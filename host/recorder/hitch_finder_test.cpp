#include "host/recorder/hitch_finder.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <numeric>

#include "host/recorder/stream_testing.h"

namespace pf::recorder {
namespace {

using namespace testing_streams;

std::vector<Hitch> hitches_of(const std::vector<TimelineRow>& rows) {
  return HitchFinder().find(rows);
}

TEST(HitchFinder, FindsNothingInASmoothStream) {
  EXPECT_TRUE(hitches_of(smooth(600)).empty());
  EXPECT_TRUE(hitches_of({}).empty());
}

TEST(HitchFinder, SaysOfEachStageThatItWasTheCause) {
  for (std::size_t i = 0; i < kStageCount; ++i) {
    const auto stage = static_cast<Stage>(i);
    auto rows = smooth(200);
    delay(rows, 100, stage, milliseconds(120));
    // A desktop that sleeps knows by how much.
    if (stage == Stage::compositor) rows[100].compositor_late_us = 120'000;
    const auto hitches = hitches_of(rows);
    ASSERT_EQ(hitches.size(), 1u) << name_of(stage);
    EXPECT_EQ(hitches[0].cause, stage)
        << name_of(stage) << " was called " << name_of(hitches[0].cause);
    EXPECT_EQ(hitches[0].frame, FrameId{100});
    EXPECT_EQ(hitches[0].cadence, kPeriod);
    EXPECT_EQ(hitches[0].interval, kPeriod + milliseconds(120));
  }
}

TEST(HitchFinder, AProgramThatCouldNotDrawBecauseTheDesktopSleptIsNotToBlame) {
  auto rows = smooth(200);
  delay(rows, 100, Stage::game, milliseconds(200));
  rows[100].compositor_late_us = 195'000;
  const auto hitches = hitches_of(rows);
  ASSERT_EQ(hitches.size(), 1u);
  EXPECT_EQ(hitches[0].cause, Stage::compositor);
}

TEST(HitchFinder, ARepeatOfAPictureThatWasSeenEndsNoPause) {
  auto rows = smooth(200);
  delay(rows, 100, Stage::game, milliseconds(400));
  rows[100].compositor_late_us = 395'000;
  for (const int ms : {100, 300}) {
    TimelineRow repeat = rows[99];
    repeat.repeat = true;
    repeat.drawn = LocalTime{};
    for (LocalTime TimelineRow::*at :
         {&TimelineRow::captured, &TimelineRow::delivered, &TimelineRow::submitted,
          &TimelineRow::encoded, &TimelineRow::last_sent, &TimelineRow::received,
          &TimelineRow::decoded, &TimelineRow::presented})
      repeat.*at += milliseconds(ms);
    rows.insert(rows.begin() + (ms == 100 ? 100 : 101), repeat);
  }
  const auto hitches = hitches_of(rows);
  ASSERT_EQ(hitches.size(), 1u);
  EXPECT_EQ(hitches[0].cause, Stage::compositor);
  EXPECT_EQ(hitches[0].interval, kPeriod + milliseconds(400));
}

TEST(HitchFinder, LostFramesAreTheNetworksFaultAndWhatCannotBeDecodedWithoutThemToo) {
  auto rows = smooth(200);
  for (std::size_t i = 100; i < 106; ++i) {
    rows[i].fate = i < 103 ? Fate::lost : Fate::undecoded;
    rows[i].received = rows[i].decoded = rows[i].presented = LocalTime{};
  }
  const auto hitches = hitches_of(rows);
  ASSERT_EQ(hitches.size(), 1u);
  EXPECT_EQ(hitches[0].cause, Stage::network);
  EXPECT_EQ(hitches[0].frame, FrameId{106});
}

TEST(HitchFinder, FramesThatOnlyTheDecoderCouldNotUseAreItsFault) {
  auto rows = smooth(200);
  for (std::size_t i = 100; i < 106; ++i) {
    rows[i].fate = Fate::undecoded;
    rows[i].decoded = rows[i].presented = LocalTime{};
  }
  const auto hitches = hitches_of(rows);
  ASSERT_EQ(hitches.size(), 1u);
  EXPECT_EQ(hitches[0].cause, Stage::decode);
}

TEST(HitchFinder, PicturesThatWereDecodedAndNotShownArePresentsFault) {
  auto rows = smooth(200);
  for (std::size_t i = 100; i < 106; ++i) rows[i].presented = LocalTime{};
  const auto hitches = hitches_of(rows);
  ASSERT_EQ(hitches.size(), 1u);
  EXPECT_EQ(hitches[0].cause, Stage::present);
  // To a client that never tells of it they were shown.
  for (TimelineRow& row : rows) row.presented = LocalTime{};
  EXPECT_TRUE(hitches_of(rows).empty());
}

TEST(HitchFinder, FramesThatWereGivenUpBeforeTheyWereSentAreTheSendersFault) {
  auto rows = smooth(200);
  forget_client(rows);
  for (std::size_t i = 100; i < 106; ++i) {
    rows[i].fate = Fate::unsent;
    rows[i].submitted = rows[i].encoded = rows[i].first_sent = rows[i].last_sent = LocalTime{};
  }
  const auto hitches = hitches_of(rows);
  ASSERT_EQ(hitches.size(), 1u);
  EXPECT_EQ(hitches[0].cause, Stage::send);
}

TEST(HitchFinder, WhatWasOpenedAnewIsTheCauseOfThePauseBeforeIt) {
  for (const Stage stage : {Stage::compositor, Stage::capture, Stage::encoder}) {
    auto rows = smooth(200);
    delay(rows, 100, Stage::game, milliseconds(400));
    rows[100].reopened = static_cast<std::uint8_t>(stage);
    const auto hitches = hitches_of(rows);
    ASSERT_EQ(hitches.size(), 1u);
    EXPECT_EQ(hitches[0].cause, stage);
  }
}

TEST(HitchFinder, AHostAloneNamesItsOwnStages) {
  for (const Stage stage : {Stage::game, Stage::capture, Stage::encoder, Stage::send}) {
    auto rows = smooth(200);
    delay(rows, 100, stage, milliseconds(120));
    forget_client(rows);
    const auto hitches = hitches_of(rows);
    ASSERT_EQ(hitches.size(), 1u) << name_of(stage);
    EXPECT_EQ(hitches[0].cause, stage) << name_of(hitches[0].cause);
  }
}

TEST(HitchFinder, AScreenThatStandsStillDoesNotHitch) {
  auto rows = smooth(200);
  delay(rows, 100, Stage::game, seconds(3));
  EXPECT_TRUE(hitches_of(rows).empty());
}

TEST(HitchFinder, AProgramThatDrawsNowAndThenDoesNotHitch) {
  auto rows = smooth(60);
  Nanos later{0};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    later += milliseconds(static_cast<int>(i * 37 % 7) * 60);
    for (const auto field : {&TimelineRow::drawn, &TimelineRow::captured, &TimelineRow::delivered,
                             &TimelineRow::encoded, &TimelineRow::last_sent, &TimelineRow::received,
                             &TimelineRow::decoded, &TimelineRow::presented})
      rows[i].*field += later;
  }
  EXPECT_TRUE(hitches_of(rows).empty());
  // But a stage that holds one of its pictures up is seen.
  delay(rows, 50, Stage::encoder, milliseconds(900));
  const auto hitches = hitches_of(rows);
  ASSERT_EQ(hitches.size(), 1u);
  EXPECT_EQ(hitches[0].cause, Stage::encoder);
}

TEST(HitchFinder, TheFirstPicturesHaveNoCadenceYet) {
  auto rows = smooth(8);
  delay(rows, 5, Stage::encoder, milliseconds(120));
  EXPECT_TRUE(hitches_of(rows).empty());
}

RC_GTEST_PROP(HitchFinderProperties, APlantedStallIsFoundAndNamed, ()) {
  const auto stage = static_cast<Stage>(*rc::gen::inRange<std::size_t>(0, kStageCount));
  const auto hz = *rc::gen::element(24, 30, 60, 90, 120, 144, 240);
  const Nanos period(1'000'000'000 / hz);
  const auto at = *rc::gen::inRange<std::size_t>(20, 120);
  const bool tells = stage >= Stage::network || *rc::gen::arbitrary<bool>();
  auto rows = smooth(200, period);
  // Jitter of an eighth of a period in each place, which nobody sees.
  const auto most_us = static_cast<int>(period.count() / 8000);
  for (TimelineRow& row : rows) {
    Nanos later{0};
    for (const auto field : {&TimelineRow::captured, &TimelineRow::delivered, &TimelineRow::encoded,
                             &TimelineRow::last_sent, &TimelineRow::received, &TimelineRow::decoded,
                             &TimelineRow::presented}) {
      later += microseconds(*rc::gen::inRange(0, most_us / 7 + 1));
      row.*field += later;
    }
  }
  const Nanos stall = 3 * period + milliseconds(*rc::gen::inRange(25, 400));
  delay(rows, at, stage, stall);
  if (stage == Stage::compositor)
    rows[at].compositor_late_us = static_cast<std::uint32_t>(stall.count() / 1000);
  if (!tells) forget_client(rows);
  const auto hitches = hitches_of(rows);
  RC_ASSERT(hitches.size() == 1u);
  RC_ASSERT(hitches[0].frame == FrameId{at});
  RC_ASSERT(hitches[0].cause == stage);
}

std::vector<TimelineRow> any_rows() {
  auto rows = smooth(*rc::gen::inRange<std::size_t>(0, 120));
  const auto instant = rc::gen::map(rc::gen::inRange<std::int64_t>(0, 5'000'000),
                                    [](std::int64_t us) { return kBegan + microseconds(us); });
  for (TimelineRow& row : rows) {
    for (const auto field : {&TimelineRow::drawn, &TimelineRow::captured, &TimelineRow::delivered,
                             &TimelineRow::encoded, &TimelineRow::last_sent, &TimelineRow::received,
                             &TimelineRow::decoded}) {
      const int what = *rc::gen::inRange(0, 12);
      if (what == 0) row.*field = *instant;
      if (what == 1) row.*field += milliseconds(*rc::gen::inRange(0, 300));
    }
    if (*rc::gen::inRange(0, 8) == 0) row.fate = static_cast<Fate>(*rc::gen::inRange(0, 5));
    if (*rc::gen::inRange(0, 8) == 0)
      row.reopened = static_cast<std::uint8_t>(*rc::gen::inRange<int>(0, kStageCount + 1));
    row.compositor_late_us = *rc::gen::element(0u, 0u, 0u, 4'000'000'000u);
  }
  return rows;
}

RC_GTEST_PROP(HitchFinderProperties, TheLargestShareIsTheCauseAndTheSharesAreTheWholeExcess, ()) {
  for (const Hitch& hitch : hitches_of(any_rows())) {
    const auto cause = static_cast<std::size_t>(hitch.cause);
    RC_ASSERT(cause < kStageCount);
    RC_ASSERT(*std::max_element(hitch.shares.begin(), hitch.shares.end()) == hitch.shares[cause]);
    const Nanos sum = std::accumulate(hitch.shares.begin(), hitch.shares.end(), Nanos(0));
    // Less what a program's pause is forgiven.
    RC_ASSERT(sum <= hitch.interval - hitch.cadence);
    RC_ASSERT(sum >= HitchFinder::kLeastExcess);
  }
}

RC_GTEST_PROP(HitchFinderProperties, TheSameRowsGiveTheSameHitchesWheneverTheyHappened, ()) {
  const auto rows = any_rows();
  auto later = rows;
  for (TimelineRow& row : later)
    for (const auto field : {&TimelineRow::drawn, &TimelineRow::captured, &TimelineRow::delivered,
                             &TimelineRow::encoded, &TimelineRow::last_sent, &TimelineRow::received,
                             &TimelineRow::decoded, &TimelineRow::presented})
      if (row.*field != LocalTime{}) row.*field += seconds(77);
  auto shifted = hitches_of(later);
  for (Hitch& hitch : shifted) hitch.at -= seconds(77);
  RC_ASSERT(hitches_of(rows) == shifted);
  RC_ASSERT(hitches_of(rows) == hitches_of(rows));
}

}  // namespace
}  // namespace pf::recorder
