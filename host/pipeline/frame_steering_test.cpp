#include "host/pipeline/frame_steering.h"

#include <gtest/gtest.h>

namespace pf::pipeline {
namespace {

class Steering : public testing::Test {
 protected:
  // Numbers pictures until `id` is next.
  void make_up_to(std::uint64_t id) {
    while (value(steering_.next_directive().id) + 1 < id) {
    }
  }
  Doorbell bell_;
  FrameSteering steering_{bell_, 1000};
};

TEST_F(Steering, TellsTheEncoderOnceWhichPicturesAreLost) {
  make_up_to(10);
  EXPECT_FALSE(steering_.refresh_wanted());
  steering_.want_forgotten(7, 8);
  EXPECT_TRUE(steering_.refresh_wanted());  // a still screen is sent again
  const auto directive = steering_.next_directive();
  ASSERT_TRUE(directive.lost);
  EXPECT_EQ(directive.lost->first, FrameId{7});
  EXPECT_EQ(directive.lost->last, FrameId{8});
  EXPECT_FALSE(steering_.next_directive().lost);
}

TEST_F(Steering, TakesTheOlderOfTwoLosses) {
  make_up_to(10);
  steering_.want_forgotten(5, 5);
  steering_.want_forgotten(8, 9);
  const auto directive = steering_.next_directive();
  ASSERT_TRUE(directive.lost);
  EXPECT_EQ(directive.lost->first, FrameId{5});
  EXPECT_EQ(directive.lost->last, FrameId{9});
}

TEST_F(Steering, AKeyFrameThatNobodyWaitsForComesWithTheNextPictureAndMakesNone) {
  make_up_to(10);
  steering_.want_idr_with_next();
  EXPECT_FALSE(steering_.refresh_wanted());
  EXPECT_TRUE(steering_.next_directive().idr);
  EXPECT_FALSE(steering_.next_directive().idr);
}

TEST_F(Steering, IgnoresPicturesThatNeverWere) {
  make_up_to(10);
  for (const auto& [first, last] : {std::pair{10u, 12u}, {0xFFFFFFF0u, 3u}, {9u, 7u}}) {
    steering_.want_forgotten(first, last);
    EXPECT_FALSE(steering_.next_directive().lost) << first;
  }
}

}  // namespace
}  // namespace pf::pipeline
