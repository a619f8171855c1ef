#include "core/input/held_tracker.h"

#include <gtest/gtest.h>

#include <map>

#include "core/input/input_testing.h"

namespace pf::input {
namespace {

using namespace testing;

TEST(HeldTracker, StopsWhatSaysNothingNew) {
  HeldTracker held;
  EXPECT_FALSE(held.admit(key('A', false)));
  EXPECT_TRUE(held.admit(key('A', true)));
  EXPECT_FALSE(held.admit(key('A', true)));
  EXPECT_TRUE(held.admit(key('A', false)));
  EXPECT_FALSE(held.admit(finger(InputKind::touch_move, 3)));
  EXPECT_TRUE(held.admit(finger(InputKind::touch_down, 3)));
  EXPECT_TRUE(held.admit(finger(InputKind::touch_move, 3)));
  EXPECT_TRUE(held.admit(finger(InputKind::touch_up, 3)));
  EXPECT_TRUE(held.admit(motion(0, 0)));
  EXPECT_EQ(held.held_count(), 0u);
}

TEST(HeldTracker, LetsGoOfModifiersLast) {
  HeldTracker held;
  for (const std::uint32_t code : {0xA2u, 0x5Bu, static_cast<std::uint32_t>('W'), 0x2Eu})
    EXPECT_TRUE(held.admit(key(code, true)));
  EXPECT_EQ(held.release(Device::keyboard),
            (std::vector<InputEvent>{key(0x2E, false), key('W', false), key(0x5B, false),
                                     key(0xA2, false)}));
  EXPECT_TRUE(held.release_all().empty());
}

TEST(HeldTracker, LetsGoOfOneDeviceAlone) {
  HeldTracker held;
  EXPECT_TRUE(held.admit(key('W', true)));
  EXPECT_TRUE(held.admit(button(1, true)));
  EXPECT_TRUE(held.admit(finger(InputKind::touch_down, 77)));
  EXPECT_EQ(held.release(Device::pointer).size(), 2u);
  EXPECT_EQ(held.held_count(), 1u);
  EXPECT_TRUE(held.release(Device::gamepad).empty());
}

TEST(HeldTracker, HasABoundInAStormOfPresses) {
  HeldTracker held;
  std::size_t admitted = 0;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    if (const auto event = sound_event(key(i, true))) admitted += held.admit(*event) ? 1 : 0;
    admitted += held.admit(finger(InputKind::touch_down, i)) ? 1 : 0;
  }
  EXPECT_LE(admitted, kKeyCodes + kMaxFingers);
  EXPECT_EQ(held.release_all().size(), admitted);
}

// What goes on is a sequence of presses and releases in turn for everything, whatever came in, and
// what is let go of at the end is what was down.
TEST(HeldTracker, LetsPassAlternatingEdgesOnly) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SeededRng rng(seed);
    HeldTracker held;
    std::map<std::pair<InputKind, std::uint32_t>, bool> down;
    const auto follow = [&](const InputEvent& event) {
      const auto is = [&](InputKind press, InputKind release) {
        if (event.kind != press && event.kind != release) return;
        bool& state = down[{press, event.code}];
        EXPECT_NE(state, event.kind == press);
        state = event.kind == press;
      };
      is(InputKind::key_down, InputKind::key_up);
      is(InputKind::mouse_button_down, InputKind::mouse_button_up);
      is(InputKind::touch_down, InputKind::touch_up);
    };
    for (int i = 0; i < 2000; ++i) {
      const InputEvent event = random_event(rng);
      if (held.admit(event)) follow(event);
    }
    for (const InputEvent& release : held.release_all()) follow(release);
    for (const auto& [what, state] : down) EXPECT_FALSE(state) << what.second;
  }
}

}  // namespace
}  // namespace pf::input
