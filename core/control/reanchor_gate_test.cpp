#include "core/control/reanchor_gate.h"

#include <gtest/gtest.h>

namespace pf::control {
namespace {

constexpr LocalTime at(Nanos since_start) { return LocalTime(seconds(5) + since_start); }
constexpr FrameArrived kOrdinary{}, kKeyframe{.keyframe = true}, kAnchor{.recovery_anchor = true},
    kMark{.recovery_point = true};

TEST(ReanchorGate, ShowsEverythingUntilALoss) {
  ReanchorGate gate(7);
  EXPECT_TRUE(gate.on_decoded(kOrdinary, at({})));
  EXPECT_FALSE(gate.poll(7, at(seconds(9))));
  EXPECT_FALSE(gate.poll(3, at(seconds(9))));  // a counter that falls is no loss
  EXPECT_FALSE(gate.holding());
}

TEST(ReanchorGate, LiftsOnAKeyframeAnAnchorOrTheSecondMark) {
  for (const FrameArrived& healing : {kKeyframe, kAnchor}) {
    ReanchorGate gate(0);
    gate.arm(0, at({}));
    EXPECT_FALSE(gate.on_decoded(kOrdinary, at({})));
    EXPECT_TRUE(gate.on_decoded(healing, at({})));
    EXPECT_TRUE(gate.on_decoded(kOrdinary, at({})));
  }
  ReanchorGate gate(0);
  gate.arm(0, at({}));
  EXPECT_FALSE(gate.on_decoded(kMark, at({})));
  gate.arm(0, at({}));  // another loss: that mark counts no more
  EXPECT_FALSE(gate.on_decoded(kMark, at({})));
  EXPECT_TRUE(gate.on_decoded(kMark, at({})));
}

TEST(ReanchorGate, AsksForAKeyframeWhenItHoldsForTooLong) {
  ReanchorGate gate(0);
  gate.arm(0, at({}));
  EXPECT_FALSE(gate.poll(0, at(Recovery::kFreeze - Nanos(1))));
  EXPECT_TRUE(gate.poll(0, at(Recovery::kFreeze)));
  EXPECT_FALSE(gate.poll(0, at(Recovery::kFreeze)));
  EXPECT_TRUE(gate.poll(0, at(2 * Recovery::kFreeze)));
  EXPECT_TRUE(gate.holding());  // never gives up
  EXPECT_FALSE(gate.on_decoded(kMark, at(2 * Recovery::kFreeze)));
  EXPECT_FALSE(gate.poll(0, at(3 * Recovery::kFreeze)));  // it is healing
  EXPECT_TRUE(gate.poll(0, at(2 * Recovery::kFreeze + Recovery::kFreezeWithMarks)));
}

TEST(ReanchorGate, TakesDroppedFramesForALossUnlessTheyAreKnown) {
  ReanchorGate gate(10);
  gate.arm(2, at({}));
  EXPECT_TRUE(gate.on_decoded(kKeyframe, at({})));
  EXPECT_FALSE(gate.poll(12, at({})));
  EXPECT_FALSE(gate.holding());
  EXPECT_TRUE(gate.poll(13, at({})));
  EXPECT_TRUE(gate.holding());
}

TEST(ReanchorGate, HelpsADecoderThatFallsSilent) {
  ReanchorGate gate(0);
  EXPECT_FALSE(gate.on_no_output(at({})));
  EXPECT_FALSE(gate.on_no_output(at({})));
  EXPECT_TRUE(gate.on_decoded(kOrdinary, at({})));  // not in a row
  EXPECT_FALSE(gate.on_no_output(at({})));
  EXPECT_FALSE(gate.on_no_output(at({})));
  EXPECT_TRUE(gate.on_no_output(at({})));
  EXPECT_TRUE(gate.holding());
}

}  // namespace
}  // namespace pf::control
