#include "core/video/pacer.h"

#include <gtest/gtest.h>

namespace pf::video {
namespace {

using namespace std::chrono_literals;

TEST(Pacer, LetsASmallFrameOutAtOnce) {
  const LocalTime start(5s);
  Pacer pacer;
  pacer.begin_frame(100'000, 20'000, start);
  pacer.on_sent(100'000);
  EXPECT_EQ(pacer.due(start), start);
}

TEST(Pacer, SpreadsTheRestAtThreeTimesTheRate) {
  const LocalTime start(5s);
  Pacer pacer;
  pacer.begin_frame(431'072, 80'000, start);  // 30 MB/s for the 300 000 bytes after the burst
  pacer.on_sent(131'072);
  EXPECT_EQ(pacer.due(start), start);
  pacer.on_sent(90'000);
  EXPECT_EQ(pacer.due(start), start + 3ms);
  EXPECT_EQ(pacer.due(start + 2'600us), start + 2'600us);  // not worth a timer
  EXPECT_EQ(pacer.due(start + 4ms), start + 4ms);
}

TEST(Pacer, PacesAStreamedFrameAsIfItHadKnownItsSize) {
  const LocalTime start(5s);
  Pacer whole, streamed;
  whole.begin_frame(900'000, 80'000, start);
  streamed.begin_frame(200'000, 80'000, start);
  for (Pacer* pacer : {&whole, &streamed}) pacer->on_sent(200'000);
  streamed.extend_frame(700'000);
  for (Pacer* pacer : {&whole, &streamed}) pacer->on_sent(300'000);
  EXPECT_EQ(streamed.due(start), whole.due(start));
  EXPECT_GT(streamed.due(start), start);
}

TEST(Pacer, AQuarterOfALargeFrameLeavesAtOnceAndAllOfItWithin100Ms) {
  const LocalTime start(5s);
  Pacer pacer;
  pacer.begin_frame(8'000'000, 1'000, start);
  pacer.on_sent(2'000'000);
  EXPECT_EQ(pacer.due(start), start);
  pacer.on_sent(6'000'000);
  EXPECT_LE(pacer.due(start), start + 100ms);
  EXPECT_GE(pacer.due(start), start + 99ms);
}

}  // namespace
}  // namespace pf::video
