#include "host/gamestream/server/sent_frames.h"

#include <gtest/gtest.h>

namespace pf::gamestream {
namespace {

using Kind = SentFrames::Answer::Kind;

// Frames 1 to `count`; the encoder had numbered them from 100.
void send(SentFrames& frames, std::uint32_t first, std::uint32_t last,
          FrameKind kind = FrameKind::predicted) {
  for (std::uint32_t i = first; i <= last; ++i) frames.on_leaving(i, FrameId{99 + i}, kind);
}

TEST(SentFrames, NameThePicturesThatAClientLost) {
  SentFrames frames;
  send(frames, 1, 1, FrameKind::idr);
  send(frames, 2, 20);
  const auto answer = frames.on_lost(5, 7);
  EXPECT_EQ(answer.kind, Kind::forget);
  EXPECT_EQ(answer.first_id, 104u);
  EXPECT_EQ(answer.last_id, 106u);
}

TEST(SentFrames, EndAtWhatHasBeenSent) {
  SentFrames frames;
  send(frames, 1, 1, FrameKind::idr);
  send(frames, 2, 20);
  EXPECT_EQ(frames.on_lost(19, 4'000'000'000).last_id, 119u);
  EXPECT_EQ(frames.on_lost(21, 22).kind, Kind::nothing);
  EXPECT_EQ(frames.on_lost(7, 6).kind, Kind::nothing);
  EXPECT_EQ(frames.on_lost(0, 6).kind, Kind::nothing);
}

TEST(SentFrames, AskNothingThatAPictureOnItsWayAnswers) {
  SentFrames frames;
  send(frames, 1, 1, FrameKind::idr);
  send(frames, 2, 20);
  EXPECT_EQ(frames.on_lost(5, 7).kind, Kind::forget);
  EXPECT_EQ(frames.on_lost(5, 9).kind, Kind::forget) << "nothing was made since";
  send(frames, 21, 21, FrameKind::after_invalidation);
  send(frames, 22, 22);
  EXPECT_EQ(frames.on_lost(5, 20).kind, Kind::nothing);
  EXPECT_EQ(frames.on_lost(5, 21).kind, Kind::forget) << "it was lost as well";
  EXPECT_EQ(frames.on_lost(3, 4).kind, Kind::forget) << "it may refer to these";
  send(frames, 23, 23, FrameKind::idr);
  EXPECT_EQ(frames.on_lost(2, 22).kind, Kind::nothing);
}

TEST(SentFrames, WantAKeyFrameForWhatIsTooLongAgo) {
  SentFrames frames;
  send(frames, 1, 1, FrameKind::idr);
  send(frames, 2, 2 * SentFrames::kMaxFrames);
  EXPECT_EQ(frames.on_lost(2, 3).kind, Kind::idr);
}

}  // namespace
}  // namespace pf::gamestream
