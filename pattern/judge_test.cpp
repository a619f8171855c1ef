#include "pattern/judge.h"

#include <initializer_list>

#include <gtest/gtest.h>

namespace pf::pattern {
namespace {

Reading frame(std::uint32_t number, int drawn_at_ms) {
  return {.stamp = {.frame_number = number, .drawn_at = milliseconds(drawn_at_ms)}};
}

PictureJudge::Counts judge(std::initializer_list<std::uint32_t> numbers) {
  PictureJudge judge;
  for (const std::uint32_t number : numbers)
    judge.add(frame(number, static_cast<int>(number) * 16));
  return judge.counts();
}

TEST(PictureJudge, FindsNothingWrongWithAWholeStream) {
  const auto counts = judge({7, 8, 9, 10});
  EXPECT_EQ(counts.distinct, 4u);
  EXPECT_EQ(counts.lost + counts.repeated + counts.reordered + counts.torn, 0u);
  EXPECT_EQ(counts.first_number, 7u);
  EXPECT_EQ(counts.last_number, 10u);
}

TEST(PictureJudge, CountsSkippedNumbersAsLostAndSameOnesAsRepeated) {
  const auto counts = judge({1, 2, 2, 5, 5, 6});
  EXPECT_EQ(counts.distinct, 4u);
  EXPECT_EQ(counts.lost, 2u);
  EXPECT_EQ(counts.repeated, 2u);
  EXPECT_EQ(counts.reordered, 0u);
}

TEST(PictureJudge, TakesALossBackWhenTheFrameComesLate) {
  const auto counts = judge({1, 2, 4, 3, 5});
  EXPECT_EQ(counts.distinct, 5u);
  EXPECT_EQ(counts.lost, 0u);
  EXPECT_EQ(counts.reordered, 1u);
}

TEST(PictureJudge, DoesNotTakeBackWhatItNeverCounted) {
  const auto counts = judge({5, 4, 9, 4});
  EXPECT_EQ(counts.distinct, 3u);
  EXPECT_EQ(counts.lost, 3u);
  EXPECT_EQ(counts.reordered, 2u);
  EXPECT_EQ(counts.repeated, 1u);
}

TEST(PictureJudge, ForgetsWhatIsVeryOld) {
  const auto counts = judge({1, 100000, 2});
  EXPECT_EQ(counts.lost, 99998u);
  EXPECT_EQ(counts.reordered, 1u);
  EXPECT_EQ(counts.distinct, 2u);
}

TEST(PictureJudge, CountsATornPictureOnceAndItsFrameWhenItComesWhole) {
  PictureJudge judge;
  Reading torn = frame(2, 32);
  torn.torn = true;
  judge.add(frame(1, 16));
  judge.add(torn);
  judge.add(frame(2, 32));
  judge.add(std::nullopt);
  EXPECT_EQ(judge.counts().shown, 4u);
  EXPECT_EQ(judge.counts().torn, 1u);
  EXPECT_EQ(judge.counts().distinct, 2u);
  EXPECT_EQ(judge.counts().lost, 0u);
  EXPECT_EQ(judge.counts().unreadable, 1u);
}

TEST(PictureJudge, SeesThatTheDrawerBeganAnew) {
  PictureJudge judge;
  judge.add(frame(1000, 1000));
  judge.add(frame(0, 3000));
  judge.add(frame(1, 3016));
  EXPECT_EQ(judge.counts().restarts, 1u);
  EXPECT_EQ(judge.counts().distinct, 3u);
  EXPECT_EQ(judge.counts().lost, 0u);
}

}  // namespace
}  // namespace pf::pattern
