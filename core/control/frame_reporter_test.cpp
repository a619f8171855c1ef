#include "core/control/frame_reporter.h"

#include <gtest/gtest.h>

namespace pf::control {
namespace {

// The host's clock is an hour ahead.
const ClockMap kClock({.reading = {.round_trip_ns = 400'000,
                                   .offset_ns = Nanos(seconds(3600)).count()},
                       .at = LocalTime(seconds(1))},
                      {});

LocalTime at(int ms) { return LocalTime(seconds(1) + milliseconds(ms)); }
WireTime wire(int ms) { return WireTime(seconds(3601) + milliseconds(ms)); }
FrameDecoded frame(int ms) {
  return {
      .pts = wire(ms), .first_received = at(ms + 2), .received = at(ms + 3), .decoded = at(ms + 5)};
}

class FrameReporterTest : public ::testing::Test {
 protected:
  FrameReporterTest() { reporter_.on_clock(kClock); }
  void ask() { reporter_.on_wanted({.interval_ms = 250}, at(0)); }
  FrameReporter reporter_;
};

TEST_F(FrameReporterTest, TellsNothingUnlessAsked) {
  reporter_.on_frame(frame(0));
  EXPECT_FALSE(reporter_.next_timeout());
  EXPECT_FALSE(reporter_.poll(at(1000)));
}

TEST_F(FrameReporterTest, TellsOnTheHostsClock) {
  ask();
  reporter_.on_frame(frame(10));
  EXPECT_FALSE(reporter_.poll(at(249)));
  ASSERT_EQ(reporter_.next_timeout(), at(250));
  const auto report = reporter_.poll(at(250));
  ASSERT_TRUE(report);
  ASSERT_EQ(report->frames.size(), 1u);
  EXPECT_EQ(report->frames[0].pts, wire(10));
  EXPECT_EQ(report->frames[0].first_received_us, 2000u);
  EXPECT_EQ(report->frames[0].received_us, 3000u);
  EXPECT_EQ(report->frames[0].decoded_us, 5000u);
  EXPECT_FALSE(report->frames[0].presented_us);
  EXPECT_GE(report->clock_error_us, 200u);
  EXPECT_FALSE(reporter_.poll(at(250))) << "everything was told";
  EXPECT_EQ(reporter_.next_timeout(), at(500));
}

TEST_F(FrameReporterTest, WaitsForThePresenterButNotForEver) {
  ask();
  reporter_.on_frame(frame(10));
  reporter_.on_frame(frame(200));
  reporter_.on_presented({.pts = wire(10), .at = at(20)});
  const auto report = reporter_.poll(at(250));
  ASSERT_TRUE(report);
  ASSERT_EQ(report->frames.size(), 1u);
  EXPECT_EQ(report->frames[0].presented_us, 10'000u);
  const auto later = reporter_.poll(at(500));
  ASSERT_TRUE(later);
  EXPECT_EQ(later->frames[0].pts, wire(200));
  EXPECT_FALSE(later->frames[0].presented_us);
}

TEST_F(FrameReporterTest, SaysSoWhenNoPictureCameOfIt) {
  ask();
  FrameDecoded broken = frame(10);
  broken.decoded.reset();
  reporter_.on_frame(broken);
  EXPECT_FALSE(reporter_.poll(at(250))->frames[0].decoded_us);
}

TEST_F(FrameReporterTest, CutsMuchIntoSeveralReportsAndForgetsTheOldest) {
  ask();
  for (std::size_t i = 0; i < FrameReporter::kMaxWaiting + 10; ++i)
    reporter_.on_frame(frame(static_cast<int>(i)));
  std::size_t told = 0;
  while (const auto report = reporter_.poll(at(5000))) {
    EXPECT_LE(report->frames.size(), message::FrameReport::kMaxFrames);
    if (told == 0) {
      EXPECT_EQ(report->frames[0].pts, wire(10));
    }
    told += report->frames.size();
  }
  EXPECT_EQ(told, FrameReporter::kMaxWaiting);
}

TEST_F(FrameReporterTest, EndsWhenTheHostHasSeenEnough) {
  ask();
  reporter_.on_frame(frame(10));
  reporter_.on_wanted({.interval_ms = 0}, at(20));
  EXPECT_FALSE(reporter_.next_timeout());
  EXPECT_FALSE(reporter_.poll(at(500)));
}

TEST(FrameReporterClock, WaitsUntilTheClocksAreKnown) {
  FrameReporter reporter;
  reporter.on_wanted({.interval_ms = 1}, at(0));
  reporter.on_frame(frame(10));
  EXPECT_FALSE(reporter.poll(at(100)));
  reporter.on_clock(kClock);
  EXPECT_TRUE(reporter.poll(at(200)));
}

}  // namespace
}  // namespace pf::control
