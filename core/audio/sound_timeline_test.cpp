#include "core/audio/sound_timeline.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace pf::audio {
namespace {

constexpr Nanos kPeriod = milliseconds(5);
const LocalTime kStart(seconds(100));

TEST(SoundTimeline, CountsSamplesWhateverTheStampsTremble) {
  SoundTimeline timeline(kPeriod);
  for (int i = 0; i < 63; ++i) {
    EXPECT_EQ(timeline.begin_sound(kStart + i * kPeriod + microseconds(i * 7919 % 9000)), 0u);
    EXPECT_EQ(timeline.take(), kStart + i * kPeriod);
  }
}

TEST(SoundTimeline, FollowsAServersClockThatIsFaster) {
  SoundTimeline timeline(kPeriod);
  constexpr Nanos kTrue = kPeriod - Nanos(2'500);  // 500 ppm
  LocalTime captured = kStart;
  for (int i = 0; i < 20'000; ++i, captured += kTrue) {
    ASSERT_EQ(timeline.begin_sound(captured + microseconds(i % 7 * 300)), 0u);
    const Nanos off = timeline.take() - captured;
    ASSERT_LT(std::chrono::abs(off), milliseconds(3)) << i;
  }
}

TEST(SoundTimeline, PutsSilenceWhereNothingComesAndGoesOnBehindIt) {
  SoundTimeline timeline(kPeriod);
  EXPECT_EQ(timeline.begin_sound(kStart), 0u);
  timeline.take();
  EXPECT_FALSE(timeline.silence_due(kStart + milliseconds(9)));
  EXPECT_TRUE(timeline.silence_due(kStart + milliseconds(10)));
  EXPECT_EQ(timeline.take(), kStart + milliseconds(5));
  EXPECT_FALSE(timeline.silence_due(kStart + milliseconds(14)));
  // Sound again: two whole frames are missing, and 3 ms that only move the stamp.
  EXPECT_EQ(timeline.begin_sound(kStart + milliseconds(23)), 2u);
  EXPECT_EQ(timeline.take(), kStart + milliseconds(13));
  EXPECT_EQ(timeline.take(), kStart + milliseconds(18));
  EXPECT_EQ(timeline.take(), kStart + milliseconds(23));
}

TEST(SoundTimeline, NeverGoesBack) {
  SoundTimeline timeline(kPeriod);
  EXPECT_TRUE(timeline.silence_due(kStart) || timeline.silence_due(kStart + kPeriod));
  timeline.take();
  EXPECT_EQ(timeline.begin_sound(kStart - milliseconds(50)), 0u);
  EXPECT_EQ(timeline.take(), kStart + kPeriod);
}

TEST(SoundTimeline, JumpsOverALongHoleInsteadOfFillingIt) {
  SoundTimeline timeline(kPeriod);
  timeline.begin_sound(kStart);
  timeline.take();
  const LocalTime later = kStart + seconds(3);
  EXPECT_TRUE(timeline.silence_due(later));
  EXPECT_EQ(timeline.take(), later - kPeriod);
  EXPECT_FALSE(timeline.silence_due(later + kPeriod - Nanos(1)));
  EXPECT_EQ(timeline.begin_sound(later + seconds(5)), 0u);
  EXPECT_EQ(timeline.take(), later + seconds(5));
}

TEST(SoundTimeline, PutsNoSilenceIntoSoundWhoseSamplesFellOutLongBefore) {
  SoundTimeline timeline(kPeriod);
  LocalTime captured = kStart, stamp;
  for (int i = 0; i < 400; ++i, captured += kPeriod) {
    if (i == 100) captured += milliseconds(40);
    ASSERT_EQ(timeline.begin_sound(captured), 0u);
    stamp = timeline.take();
  }
  EXPECT_EQ(stamp, captured - kPeriod);
}

RC_GTEST_PROP(SoundTimeline, StampsRiseWhateverComes,
              (const std::vector<std::pair<bool, std::int32_t>>& steps)) {
  SoundTimeline timeline(kPeriod);
  LocalTime now = kStart, last(Nanos::min());
  for (const auto& [sound, off_us] : steps) {
    now += kPeriod;
    std::size_t frames = 0;
    if (sound) {
      frames = timeline.begin_sound(now + microseconds(off_us)) + 1;
      RC_ASSERT(frames <= static_cast<std::size_t>(SoundTimeline::kMaxFill / kPeriod) + 1);
    } else if (timeline.silence_due(now)) {
      frames = 1;
    }
    for (; frames > 0; --frames) {
      const LocalTime stamp = timeline.take();
      RC_ASSERT(stamp > last);
      last = stamp;
    }
  }
}

}  // namespace
}  // namespace pf::audio
