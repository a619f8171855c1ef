#include "core/input/input_gate.h"

#include <gtest/gtest.h>

#include "core/input/input_testing.h"
#include "testing/vectors.h"

namespace pf::input {
namespace {

using namespace testing;
using message::Grant;
using message::Grants;

constexpr Grants only(Grant grant) { return Grants::from_bits(1u << static_cast<unsigned>(grant)); }

TEST(InputGate, AsksForTheGrantOfEachDevice) {
  InputGate gate;
  const LocalTime now;
  EXPECT_TRUE(gate.admit(key('A', true), only(Grant::keyboard), now));
  EXPECT_TRUE(gate.admit(text(U'a'), only(Grant::keyboard), now));
  EXPECT_FALSE(gate.admit(key('A', true), only(Grant::pointer), now));
  EXPECT_FALSE(gate.admit(motion(1, 1), only(Grant::keyboard), now));
  EXPECT_TRUE(gate.admit(finger(InputKind::touch_down, 1), only(Grant::pointer), now));
  EXPECT_FALSE(gate.admit({.kind = InputKind::gamepad_arrival}, only(Grant::pointer), now));
  EXPECT_EQ(gate.counts().passed, 3u);
  EXPECT_EQ(gate.counts().not_granted, 3u);
}

TEST(InputGate, CountsWhatMeansNothing) {
  InputGate gate;
  EXPECT_FALSE(gate.admit(key(0xFF, true), Grants::all(), LocalTime()));
  EXPECT_EQ(gate.counts().meaningless, 1u);
}

TEST(InputGate, TakesGamepadStatesInOrderOnly) {
  const auto vectors = pf::testing::load_vectors("gates.json");
  for (const auto& row : vectors["seq_u8"]["rows"]) {
    InputGate gate;
    const auto state = [](unsigned sequence) {
      return InputEvent{.kind = InputKind::gamepad_state, .flags = (sequence << 24) | 3};
    };
    if (!row[0].is_null()) {
      EXPECT_TRUE(gate.admit(state(row[0].get<unsigned>()), Grants::all(), LocalTime()));
    }
    EXPECT_EQ(gate.admit(state(row[1].get<unsigned>()), Grants::all(), LocalTime()).has_value(),
              row[2].get<bool>())
        << row.dump();
    EXPECT_EQ(gate.counts().stale, row[2].get<bool>() ? 0u : 1u);
  }
}

TEST(InputGate, LetsAMillionEventsASecondThroughAsAThousandTimesTwenty) {
  InputGate gate;
  LocalTime now;
  for (int i = 0; i < 1'000'000; ++i) {
    (void)gate.admit(key('A', i % 2 == 0), Grants::all(), now);
    now = now + microseconds(1);
  }
  EXPECT_LE(gate.counts().passed, InputGate::kMaxPerSecond + InputGate::kMaxBurst + 1);
  EXPECT_GE(gate.counts().passed, InputGate::kMaxPerSecond);
  EXPECT_EQ(gate.counts().passed + gate.counts().too_many, 1'000'000u);
  EXPECT_TRUE(gate.take_overrun()) << "the release of A may be among what was refused";
  EXPECT_FALSE(gate.take_overrun());
}

TEST(InputGate, LetsTwoThousandASecondThroughForEver) {
  InputGate gate;
  LocalTime now;
  for (int i = 0; i < 100'000; ++i) {
    now = now + microseconds(500);
    EXPECT_TRUE(gate.admit(key('A', i % 2 == 0), Grants::all(), now));
  }
}

TEST(InputGate, WantsEverythingReleasedInSilenceButOnlyIfSomethingMayBeDown) {
  InputGate gate;
  const LocalTime start;
  gate.on_heard(start);
  EXPECT_FALSE(gate.release_due());
  EXPECT_TRUE(gate.admit(motion(1, 1), Grants::all(), start));
  EXPECT_FALSE(gate.release_due());
  EXPECT_TRUE(gate.admit(key('A', true), Grants::all(), start));
  EXPECT_EQ(gate.release_due(), start + InputGate::kSilence);
  gate.on_heard(start + seconds(1));
  EXPECT_EQ(gate.release_due(), start + seconds(1) + InputGate::kSilence);
  gate.on_released();
  EXPECT_FALSE(gate.release_due());
}

TEST(InputGate, LetsNothingBeDownForEverWithoutInput) {
  InputGate gate;
  const LocalTime start;
  EXPECT_TRUE(gate.admit(key('A', true), Grants::all(), start));
  gate.on_heard(start + std::chrono::hours(1));
  EXPECT_EQ(gate.release_due(), start + InputGate::kUnattended);
}

}  // namespace
}  // namespace pf::input
