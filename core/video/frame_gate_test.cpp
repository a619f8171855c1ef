#include "core/video/frame_gate.h"

#include <string>

#include <gtest/gtest.h>

namespace pf::video {
namespace {

constexpr LocalTime kStart{seconds(1)};

ReassembledFrame frame(std::uint64_t id, std::uint32_t flags = message::frame_flags::kPicture) {
  ReassembledFrame made;
  made.id = FrameId{id};
  made.flags = flags;
  return made;
}
ReassembledFrame key_frame(std::uint64_t id) { return frame(id, message::frame_flags::kKeyFrame); }

// What came out, such as "show 0, discard 1, gap 2-3".
std::string drain(FrameGate& gate) {
  std::string said;
  while (auto output = gate.poll()) {
    if (!said.empty()) said += ", ";
    if (auto* show = std::get_if<FrameGate::Show>(&*output))
      said += "show " + std::to_string(value(show->frame.id));
    if (auto* drop = std::get_if<FrameGate::Discard>(&*output)) {
      said += "discard " + std::to_string(value(drop->frame.id));
    }
    if (auto* gap = std::get_if<FrameGate::Gap>(&*output)) {
      said += "gap " + std::to_string(value(gap->missing.first)) + "-" +
              std::to_string(value(gap->missing.last));
    }
  }
  return said;
}

FrameGate started() {
  FrameGate gate;
  gate.complete(key_frame(0), kStart);
  drain(gate);
  return gate;
}

TEST(FrameGate, ShowsFramesThatComeInOrderAtOnce) {
  FrameGate gate = started();
  gate.complete(frame(1), kStart);
  gate.complete(frame(2), kStart);
  EXPECT_EQ(drain(gate), "show 1, show 2");
  EXPECT_FALSE(gate.next_timeout());
}

TEST(FrameGate, HoldsAFrameThatIsAheadUntilItsPredecessorIsThere) {
  FrameGate gate = started();
  gate.complete(frame(2), kStart);
  EXPECT_EQ(drain(gate), "");
  gate.complete(frame(1), kStart + milliseconds(2));
  EXPECT_EQ(drain(gate), "show 1, show 2");
}

TEST(FrameGate, TellsAGapAfterItsPatienceAndStaysShutUntilAKeyFrame) {
  FrameGate gate = started();
  gate.complete(frame(3), kStart);
  ASSERT_TRUE(gate.next_timeout());
  gate.handle_timeout(*gate.next_timeout());
  EXPECT_EQ(drain(gate), "gap 1-2, gap 3-3, discard 3");
  gate.complete(frame(4), kStart + milliseconds(16));
  EXPECT_EQ(drain(gate), "gap 4-4, discard 4");
  gate.complete(frame(1), kStart + milliseconds(17));  // too late to be of use
  EXPECT_EQ(drain(gate), "discard 1");
  gate.complete(key_frame(5), kStart + milliseconds(32));
  gate.complete(frame(6), kStart + milliseconds(48));
  EXPECT_EQ(drain(gate), "show 5, show 6");
}

TEST(FrameGate, LetsAKeyFrameOvertakeWhatItDoesNotNeed) {
  FrameGate gate = started();
  gate.complete(frame(2), kStart);
  gate.complete(key_frame(4), kStart);
  EXPECT_EQ(drain(gate), "discard 2, show 4");
}

TEST(FrameGate, OpensForARecoveryAnchor) {
  FrameGate gate = started();
  gate.decoder_lost();
  gate.complete(frame(1), kStart);
  EXPECT_EQ(drain(gate), "gap 1-1, discard 1");
  gate.complete(frame(2, message::frame_flags::kRecoveryAnchor), kStart);
  EXPECT_EQ(drain(gate), "show 2");
}

TEST(FrameGate, HoldsNoMoreThanItsBound) {
  FrameGate gate = started();
  for (std::uint64_t id = 2; id < 2 + FrameGate::kMaxHeld; ++id) gate.complete(frame(id), kStart);
  EXPECT_EQ(drain(gate), "");
  gate.complete(frame(2 + FrameGate::kMaxHeld), kStart);
  EXPECT_TRUE(drain(gate).starts_with("gap 1-1, "));
}

TEST(FrameGate, AStreamThatBeginsWithoutItsKeyFrameIsNotShown) {
  FrameGate gate;
  gate.complete(frame(0), kStart);
  EXPECT_EQ(drain(gate), "gap 0-0, discard 0");
}

}  // namespace
}  // namespace pf::video
