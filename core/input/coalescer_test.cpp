#include "core/input/coalescer.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/input/input_testing.h"

namespace pf::input {
namespace {

using namespace testing;

std::vector<InputEvent> drain(Coalescer& waiting) {
  std::vector<InputEvent> events;
  for (; waiting.front() != nullptr; waiting.pop()) events.push_back(*waiting.front());
  return events;
}

std::vector<InputEvent> after(const std::vector<InputEvent>& events) {
  Coalescer waiting;
  for (const InputEvent& event : events) EXPECT_TRUE(waiting.push(event));
  return drain(waiting);
}

using Events = std::vector<InputEvent>;

TEST(Coalescer, AddsMovementsUp) {
  EXPECT_EQ(after({motion(3, -1), motion(2, -4)}), (Events{motion(5, -5)}));
}

TEST(Coalescer, KeepsTheNewestPosition) {
  EXPECT_EQ(after({position(1, 2), position(30, 40)}), (Events{position(30, 40)}));
}

TEST(Coalescer, AddsTurnsOfTheWheelInOneDirection) {
  EXPECT_EQ(after({scroll(0, 120), scroll(0, 240), scroll(0, -120), scroll(1, -120)}),
            (Events{scroll(0, 360), scroll(0, -120), scroll(1, -120)}));
}

TEST(Coalescer, NeverMovesAnythingPastAnEdge) {
  const Events drag{position(1, 1), button(1, true), position(9, 9), button(1, false),
                    position(2, 2)};
  EXPECT_EQ(after(drag), drag);
  const Events typed{text(U'a'), text(U'a'), key('B', true), text(U'a')};
  EXPECT_EQ(after(typed), typed);
}

TEST(Coalescer, KeepsTheNewestPlaceOfEachFinger) {
  const auto move = [](std::uint32_t id, std::int32_t x) {
    return finger(InputKind::touch_move, id, x, 0);
  };
  EXPECT_EQ(after({move(1, 1), move(2, 5), move(1, 2), move(2, 6)}),
            (Events{move(1, 2), move(2, 6)}));
  const Events lifted{move(1, 1), finger(InputKind::touch_up, 2), move(1, 2)};
  EXPECT_EQ(after(lifted), lifted);
}

TEST(Coalescer, KeepsGamepadStatesApartByTheirButtons) {
  const auto state = [](std::uint32_t buttons, std::uint32_t pad, std::int32_t x) {
    return InputEvent{.kind = InputKind::gamepad_state, .code = buttons, .x = x, .flags = pad};
  };
  EXPECT_EQ(after({state(0, 1, 5), state(0, 1, 6), state(0x10, 1, 6), state(0x10, 2, 7)}),
            (Events{state(0, 1, 6), state(0x10, 1, 6), state(0x10, 2, 7)}));
}

TEST(Coalescer, SplitsASumThatOneEventCannotSay) {
  EXPECT_EQ(after({motion(kMaxMotionPx, 0), motion(1, 0)}),
            (Events{motion(kMaxMotionPx, 0), motion(1, 0)}));
}

TEST(Coalescer, SaysNoWhenItIsFull) {
  Coalescer waiting;
  for (std::size_t i = 0; i < Coalescer::kMaxWaiting; ++i)
    ASSERT_TRUE(waiting.push(key('A', i % 2 == 0)));
  EXPECT_FALSE(waiting.push(key('B', true)));
  EXPECT_EQ(waiting.size(), Coalescer::kMaxWaiting);
  waiting.pop();
  EXPECT_TRUE(waiting.push(key('B', true)));
}

TEST(Coalescer, HoldsAnyAmountOfMotion) {
  Coalescer waiting;
  for (int i = 0; i < 1'000'000; ++i) ASSERT_TRUE(waiting.push(motion(1, -1)));
  EXPECT_LE(waiting.size(), 1u);
  EXPECT_TRUE(waiting.only_motion());
}

// However much is merged, and whenever some is taken out: what is not motion is all there and in
// order, and between two of those the movements add up and the positions end the same.
TEST(Coalescer, NeverLosesOrReordersMeaning) {
  struct Meaning {
    Events edges;
    std::int64_t x = 0, y = 0, scrolled[2] = {};
    Events places;  // the mouse's last one before each edge
    InputEvent place;
    void follow(const InputEvent& event) {
      if (event.kind == InputKind::mouse_move) {
        x += event.x;
        y += event.y;
      } else if (event.kind == InputKind::mouse_scroll) {
        scrolled[event.code] += event.x;
      } else if (event.kind == InputKind::mouse_move_absolute) {
        place = event;
      } else if (event.kind != InputKind::touch_move) {
        edges.push_back(event);
        places.push_back(place);
      }
    }
  };
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SeededRng rng(seed);
    Coalescer waiting;
    Meaning in, out;
    for (int i = 0; i < 5000; ++i) {
      const InputEvent event = random_event(rng);
      if (waiting.push(event)) in.follow(event);
      while (!waiting.empty() && (waiting.size() > 400 || rng.unit() < 0.4)) {
        out.follow(*waiting.front());
        waiting.pop();
      }
    }
    for (const InputEvent& event : drain(waiting)) out.follow(event);
    EXPECT_EQ(in.edges, out.edges);
    EXPECT_EQ(in.places, out.places);
    EXPECT_EQ(in.x, out.x);
    EXPECT_EQ(in.y, out.y);
    EXPECT_EQ(in.scrolled[0], out.scrolled[0]);
    EXPECT_EQ(in.scrolled[1], out.scrolled[1]);
  }
}

}  // namespace
}  // namespace pf::input
