#include "core/control/rate_controller.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/control/rate_link_testing.h"

namespace pf::control {
namespace {

LocalTime at(Nanos since_start) { return LocalTime(seconds(1000) + since_start); }

RateController controller() {
  return RateController(
      {.start_kbps = 20'000, .named_kbps = 50'000, .mode = {{1280, 720}, {60, 1}}});
}

// A 40 kB frame, `delay` after its capture, spread over `spread`.
void frame(RateController& rate, int index, Nanos delay, Nanos spread) {
  const Nanos captured = index * milliseconds(16);
  const LocalTime first = at(captured + delay);
  rate.on_frame({.pts = WireTime(seconds(7) + captured),
                 .first_received = first,
                 .received = first + spread,
                 .frame_bytes = 40'000,
                 .packet_count = 30},
                first + spread);
}

TEST(RateBounds, FollowThePixelRateAndTheUser) {
  const DisplayMode mode{{1280, 720}, {60, 1}};
  EXPECT_EQ(rate_bounds(mode, 0).ceiling_kbps, 27'648u);
  EXPECT_EQ(rate_bounds(mode, 0).floor_kbps, 1'382u);
  EXPECT_EQ(rate_bounds(mode, 5'000).ceiling_kbps, 5'000u);
  EXPECT_EQ(rate_bounds(mode, 600).floor_kbps, 600u);
  EXPECT_EQ(rate_bounds({{16, 16}, {1, 1}}, 0).floor_kbps, 500u);
}

TEST(TrainCapacity, IsTheRateOfTheNarrowestLink) {
  TrainCapacity capacity;
  EXPECT_FALSE(capacity.kbps(false));
  // 29 packets of 1500 bytes after the first, in 14.5 ms: 24 Mbit/s.
  for (int i = 0; i < 40; ++i) capacity.on_train(29 * 1500, 30, microseconds(14'500));
  EXPECT_EQ(capacity.kbps(false), 24'000u);
  // Half of it shows at once to who is in need, and to everybody after a few more.
  for (int i = 0; i < 3; ++i) capacity.on_train(29 * 1500, 30, microseconds(29'000));
  EXPECT_EQ(capacity.kbps(true), 12'000u);
  EXPECT_GT(capacity.kbps(false), 15'000u);
}

TEST(TrainCapacity, LearnsNothingFromAFewPackets) {
  TrainCapacity capacity;
  for (int i = 0; i < 40; ++i) capacity.on_train(1500, 2, microseconds(1));
  EXPECT_FALSE(capacity.kbps(true));
}

TEST(PathDelay, SeesAQueueThatStandsThroughAnyHostWork) {
  PathDelay delay;
  const auto frame_after = [&](int index, Nanos encode, Nanos way) {
    const WireTime pts(seconds(3) + index * milliseconds(16));
    const LocalTime first = at(index * milliseconds(16) + encode + way);
    const auto encode_us = static_cast<std::uint32_t>(encode / microseconds(1));
    const message::HostTiming timing{.pts = pts,
                                     .host_us = encode_us + 500,
                                     .stages = message::HostTiming::Stages{0, encode_us, 500}};
    // Either may come first.
    if (index % 2 == 0) delay.on_host_timing(timing, first);
    delay.on_frame({.pts = pts, .first_received = first, .spread = milliseconds(1)}, first);
    if (index % 2 == 1) delay.on_host_timing(timing, first);
  };
  for (int i = 0; i < 20; ++i) frame_after(i, milliseconds(2 + i % 5), milliseconds(10));
  EXPECT_EQ(delay.standing(), Nanos(0));
  for (int i = 20; i < 30; ++i) frame_after(i, milliseconds(2 + i % 5), milliseconds(18));
  EXPECT_EQ(delay.standing(), milliseconds(8));
  EXPECT_GT(delay.late(milliseconds(5)), 0.1);
  delay.forget_late();
  EXPECT_EQ(delay.late(milliseconds(5)), 0);
  delay.rebase();
  EXPECT_EQ(delay.standing(), Nanos(0));
}

// 1250 bytes of ours each millisecond, of a link of 20 Mbit/s.
TEST(PartOfLink, IsWhatArrivesOfWhatTheLinkCarries) {
  PartOfLink part;
  part.begin(at(Nanos(0)));
  EXPECT_FALSE(part.of(20'000));
  for (int i = 1; i <= 10; ++i) part.on_frame(12'500, at(i * milliseconds(10)));
  EXPECT_NEAR(part.of(20'000).value_or(0), 0.5, 0.01);
}

TEST(PartOfLink, DoesNotTakeARadiosSilenceForAnotherSender) {
  PartOfLink part;
  part.begin(at(Nanos(0)));
  for (int i = 1; i <= 10; ++i) {
    const Nanos silence = i < 6 ? Nanos(0) : milliseconds(180);
    part.on_frame(12'500, at(i * milliseconds(5) + silence));
  }
  EXPECT_NEAR(part.of(20'000).value_or(0), 1, 0.01);
}

TEST(LossCeiling, CutsWhenLessHelpsAndTellsARadioFromAQueue) {
  for (const bool radio : {false, true}) {
    LossCeiling ceiling;
    ReceptionTotals totals;
    std::uint32_t rate_kbps = 20'000;
    for (int i = 0; i < 100; ++i) {
      totals.packets_sent += 400;
      // A queue that carries 16 Mbit/s, or a radio that loses a tenth.
      const double share = radio ? 0.9 : std::min(1.0, 16'000.0 / rate_kbps);
      totals.packets_opened += static_cast<std::uint64_t>(400 * share);
      ceiling.on_totals(totals, {.rate_kbps = rate_kbps}, at(i * milliseconds(100)));
      rate_kbps = ceiling.kbps().value_or(20'000);
    }
    if (radio) {
      EXPECT_FALSE(ceiling.kbps());
    } else {
      EXPECT_LE(ceiling.kbps().value_or(99'999), 17'500u);
    }
  }
}

TEST(LossCeiling, DoesNotCutARateTwiceThatHasFallenAlready) {
  LossCeiling ceiling;
  ReceptionTotals totals;
  ceiling.on_totals(totals, {.rate_kbps = 30'000, .packet_video_bytes = 1250}, at(Nanos(0)));
  // 15 Mbit/s carried and as much dropped, when the rate is down to 4 for the queue's sake.
  totals = {.packets_sent = 900, .packets_opened = 450};
  ceiling.on_totals(totals, {.rate_kbps = 4'000, .packet_video_bytes = 1250},
                    at(milliseconds(300)));
  EXPECT_EQ(ceiling.kbps(), 13'500u);
}

TEST(LossCeiling, LetsARadiosBurstPass) {
  LossCeiling ceiling;
  ReceptionTotals totals;
  for (int i = 0; i < 40; ++i) {
    totals.packets_sent += 400;
    totals.packets_opened += i % 4 == 3 ? 340 : 400;
    ceiling.on_totals(totals, {.rate_kbps = 20'000}, at(i * LossCeiling::kWindow));
    EXPECT_FALSE(ceiling.kbps());
  }
}

// Half of a window is missing, and of another one soon after.
std::vector<bool> limited_by_floods(std::uint32_t capacity_kbps) {
  LossCeiling ceiling;
  ReceptionTotals totals;
  std::vector<bool> limited;
  for (int i = 0; i < 12; ++i) {
    totals.packets_sent += 400;
    totals.packets_opened += i == 2 || i == 9 ? 200 : 400;
    ceiling.on_capacity(capacity_kbps);
    ceiling.on_totals(totals, {.rate_kbps = 20'000}, at(i * LossCeiling::kWindow));
    limited.push_back(ceiling.kbps().has_value());
  }
  return limited;
}

TEST(LossCeiling, TakesBackWhatASilentRadioCostOnce) {
  EXPECT_EQ(limited_by_floods(40'000), (std::vector<bool>{0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1}));
}

TEST(LossCeiling, KeepsTheCutWhereTheLinkIsFull) {
  EXPECT_EQ(limited_by_floods(20'000), (std::vector<bool>{0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}));
}

TEST(LossCeiling, MakesRoomForAKeyFrameThatDoesNotGetThrough) {
  LossCeiling ceiling;
  ceiling.on_keyframe_missed(20'000, at(Nanos(0)));
  EXPECT_EQ(ceiling.kbps(), 14'000u);
  ceiling.on_keyframe_missed(14'000, at(seconds(1)));
  EXPECT_EQ(ceiling.kbps(), 7'000u) << "two in a row: a little less was not enough";
  ceiling.on_totals({}, {.rate_kbps = 7'000}, at(seconds(20)));
  EXPECT_EQ(ceiling.kbps(), 7'000u);
  ceiling.on_totals({}, {.rate_kbps = 7'000}, at(seconds(22)));
  EXPECT_GT(ceiling.kbps().value_or(0), 7'000u);
}

TEST(LossCeiling, IsForgottenWhenTheLinkIsAnother) {
  LossCeiling ceiling;
  ceiling.on_capacity(18'000);
  ceiling.on_keyframe_missed(10'000, at(Nanos(0)));
  ceiling.on_capacity(25'000);
  EXPECT_EQ(ceiling.kbps(), 7'000u);
  ceiling.on_capacity(40'000);
  EXPECT_FALSE(ceiling.kbps());
}

TEST(RateController, SaysNothingBeforeItHasSeenTheStream) {
  RateController rate = controller();
  EXPECT_FALSE(rate.poll_wish(at(Nanos(0))));
  rate.on_totals({.packets_sent = 10, .packets_opened = 10}, at(Nanos(0)));
  EXPECT_FALSE(rate.poll_wish(at(Nanos(0))));
}

TEST(RateController, FollowsTheHostsWordAndAsksAtMostThreeTimesWithoutOne) {
  RateController rate = controller();
  int wishes = 0;
  for (int i = 0; i < 60; ++i) {
    frame(rate, i, milliseconds(10), milliseconds(3));  // 116 Mbit/s
    if (rate.poll_wish(at(i * milliseconds(16)))) ++wishes;
  }
  EXPECT_EQ(wishes, 3);
  EXPECT_EQ(rate.rate_kbps(), 50'000u);
  for (int i = 0; i < 3; ++i) rate.on_rate_changed(15'000);
  EXPECT_EQ(rate.rate_kbps(), 15'000u);
}

TEST(RateController, FallsWhenTheDecoderIsBehindAndRisesAgain) {
  RateController rate = controller();
  std::uint32_t least = 99'999;
  for (int i = 0; i < 1500; ++i) {
    frame(rate, i, milliseconds(10), milliseconds(3));
    const LocalTime now = at(i * milliseconds(16));
    rate.on_decoder_backlog(i > 300 && i < 370 ? 6 : 0, now);
    if (const auto wish = rate.poll_wish(now)) rate.on_rate_changed(*wish);
    if (i > 300) least = std::min(least, rate.rate_kbps());
  }
  EXPECT_LT(least, 30'000u);
  EXPECT_GT(rate.rate_kbps(), 45'000u);
}

// A busy machine stops the decoder for 200 ms, again and again: it makes up for it each time.
TEST(RateController, KeepsTheRateOfADecoderThatCatchesUp) {
  RateController rate = controller();
  for (int i = 0; i < 1500; ++i) {
    frame(rate, i, milliseconds(10), milliseconds(3));
    const LocalTime now = at(i * milliseconds(16));
    rate.on_decoder_backlog(i % 20 < 12 ? i % 20 : 0, now);
    if (const auto wish = rate.poll_wish(now)) rate.on_rate_changed(*wish);
  }
  EXPECT_GT(rate.rate_kbps(), 45'000u);
}

TEST(RateController, LearnsNothingWhileTheWayIsFilledOnPurpose) {
  RateController rate = controller();
  rate.ignore_until(at(seconds(1)));
  for (int i = 0; i < 30; ++i) {
    frame(rate, i, milliseconds(10), milliseconds(90));
    EXPECT_FALSE(rate.poll_wish(at(i * milliseconds(16))));
  }
  EXPECT_FALSE(rate.capacity_kbps());
}

TEST(RateController, DoesWithoutHostTimings) {
  testing::RateWorld world({.kbps = 60'000, .steps = {{10, 20'000}}, .host_tells = false}, 3);
  world.run(20);
  EXPECT_LE(world.wait_ms(0.95), 15);
  EXPECT_GE(world.least_use_after_step(), 0.25);
}

}  // namespace
}  // namespace pf::control
