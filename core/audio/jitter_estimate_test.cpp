#include "core/audio/jitter_estimate.h"

#include <gtest/gtest.h>

#include "core/base/rng.h"

namespace pf::audio {
namespace {

constexpr Nanos kPacket = milliseconds(5);
constexpr WireTime kHost(Nanos(1'700'000'000'000'000'000));

TEST(JitterEstimate, IsNothingBeforeThereIsAnyAndWhenPacketsComeEvenly) {
  JitterEstimate jitter;
  EXPECT_EQ(jitter.delay(), Nanos(0));
  for (int i = 0; i < 1'000; ++i) jitter.add(kHost + i * kPacket, LocalTime(i * kPacket));
  EXPECT_EQ(jitter.delay(), Nanos(0));
}

TEST(JitterEstimate, FindsWhatNinetyNineInAHundredKeepWithin) {
  SeededRng rng(1);
  JitterEstimate jitter;
  for (int i = 0; i < 4'000; ++i) {
    const auto late = Nanos(static_cast<std::int64_t>(rng.below(20'000'000)));
    jitter.add(kHost + i * kPacket, LocalTime(i * kPacket + late));
  }
  EXPECT_GE(jitter.delay(), milliseconds(19));
  EXPECT_LE(jitter.delay(), milliseconds(21));
}

TEST(JitterEstimate, TheFirstBurstTellsHowLongItsPacketsWillBeLate) {
  JitterEstimate jitter;
  // Eight packets at once, each 40 ms: a cycle of 2048 samples, nearly.
  for (int i = 0; i < 8; ++i) jitter.add(kHost + i * kPacket, LocalTime(milliseconds(40)));
  EXPECT_EQ(jitter.delay(), 7 * kPacket);
  for (int i = 8; i < 2'000; ++i) {
    jitter.add(kHost + i * kPacket, LocalTime((i / 8 + 1) * milliseconds(40)));
    ASSERT_GE(jitter.delay(), 7 * kPacket) << i;
    ASSERT_LE(jitter.delay(), 8 * kPacket) << i;
  }
}

TEST(JitterEstimate, WhatWasHeldUpAtTheBeginningIsNoBurst) {
  JitterEstimate jitter;
  for (int i = 0; i < 200; ++i) jitter.add(kHost + i * kPacket, LocalTime(seconds(1)));
  EXPECT_EQ(jitter.delay(), Nanos(0));
}

TEST(JitterEstimate, ForgetsWithinHalfAMinute) {
  JitterEstimate jitter;
  for (int i = 0; i < 12'000; ++i) {
    const Nanos late = i < 2'000 && i % 2 == 0 ? milliseconds(60) : Nanos(0);
    jitter.add(kHost + i * kPacket, LocalTime(i * kPacket + late));
    if (i == 1'999) {
      EXPECT_GE(jitter.delay(), milliseconds(60));
    }
  }
  EXPECT_LE(jitter.delay(), milliseconds(1));
}

TEST(JitterEstimate, DriftAndPausesAreNoJitter) {
  JitterEstimate jitter;
  Nanos at{0};
  for (int i = 0; i < 20'000; ++i) {
    at += kPacket + microseconds(5);  // 1000 ppm
    if (i % 5'000 == 4'999) at += seconds(3);
    jitter.add(kHost + i * kPacket, LocalTime(at));
  }
  EXPECT_LE(jitter.delay(), milliseconds(3));  // what two seconds of drift are, and a bin
}

TEST(JitterEstimate, StampsOfAllKindsStayWithinTheBound) {
  SeededRng rng(2);
  JitterEstimate jitter;
  for (int i = 0; i < 10'000; ++i) {
    jitter.add(WireTime(Nanos(static_cast<std::int64_t>(rng.next()))),
               LocalTime(Nanos(static_cast<std::int64_t>(rng.next()))));
    ASSERT_GE(jitter.delay(), Nanos(0));
    ASSERT_LE(jitter.delay(), JitterEstimate::kMaxDelay);
  }
}

}  // namespace
}  // namespace pf::audio
