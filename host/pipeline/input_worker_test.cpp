#include "host/pipeline/input_worker.h"

#include <gtest/gtest.h>

#include <thread>

#include "core/base/rng.h"
#include "core/input/input_testing.h"
#include "core/runtime/system_clock.h"
#include "host/input/gamepads.h"
#include "host/input/recording/recording_sink.h"

namespace pf::pipeline {
namespace {

using input::Injected;
using input::recording::Recording;
using input::recording::RecordingSink;
using namespace input::testing;

constexpr Nanos kPatience = seconds(10);

// A worker on its thread, and what its devices were told.
class Desk {
 public:
  explicit Desk(bool has_desktop = true)
      : worker_(
            [this]() -> Result<std::unique_ptr<input::InputSink>> {
              if (refusal) return tl::unexpected(*refusal);
              return std::make_unique<RecordingSink>(recording);
            },
            bell_, stats) {
    if (has_desktop) worker_.on_desktop();
    thread_.emplace(ThreadSpec{"input", ThreadRole::frame},
                    BackoffPolicy{.first = milliseconds(1), .longest = milliseconds(10)}, bell_,
                    board, clock_, [this](Shift& shift) { return worker_.run(shift); });
  }
  ~Desk() { stop(); }
  void stop() {
    thread_.reset();
    worker_.end();
  }

  InputWorker& worker() { return worker_; }
  template <class Condition>
  ::testing::AssertionResult comes_true(Condition condition) {
    for (const LocalTime end = clock_.now() + kPatience; clock_.now() < end;) {
      if (condition()) return ::testing::AssertionSuccess();
      std::this_thread::sleep_for(milliseconds(1));
    }
    return ::testing::AssertionFailure() << "waited in vain";
  }
  ::testing::AssertionResult gets(std::size_t count) {
    return comes_true([&] { return recording->events().size() >= count; });
  }

  std::shared_ptr<Recording> recording = std::make_shared<Recording>();
  std::optional<Error> refusal;
  InputStats stats;
  HealthBoard board;

 private:
  SystemClock clock_;
  Doorbell bell_;
  InputWorker worker_;
  std::optional<SupervisedThread> thread_;
};

TEST(InputWorker, GivesEventsToTheDevicesInOrder) {
  Desk desk;
  const std::vector<InputEvent> events{key('A', true), button(1, true), text(U'€'),
                                       button(1, false), key('A', false)};
  for (const InputEvent& event : events) desk.worker().inject(event);
  ASSERT_TRUE(desk.gets(events.size()));
  EXPECT_EQ(desk.recording->events(), events);
}

TEST(InputWorker, GivesASingleEventToTheDevicesOnTheCallersThread) {
  Desk desk;
  ASSERT_TRUE(desk.comes_true([&] { return !desk.board.rows({}).empty(); })) << "it is open";
  // The thread may hold the devices just now; in the end it sleeps.
  ASSERT_TRUE(desk.comes_true([&] {
    std::this_thread::sleep_for(2 * InputWorker::kBurst);
    const auto handed_over = desk.stats.handed_over.load();
    desk.worker().inject(motion(1, 1));
    return desk.stats.handed_over == handed_over;
  }));
  EXPECT_EQ(desk.recording->events().back(), motion(1, 1)) << "there when inject() returns";
}

TEST(InputWorker, WaitsForADesktop) {
  Desk desk(false);
  desk.worker().inject(key('A', true));
  std::this_thread::sleep_for(milliseconds(20));
  EXPECT_EQ(desk.recording->opened(), 0u);
  desk.worker().on_desktop();
  EXPECT_TRUE(desk.gets(1));
}

TEST(InputWorker, LetsGoOfEverythingWhenTheSessionEnds) {
  Desk desk;
  for (const std::uint32_t code : {'W', 'A', 'S', 'D'}) desk.worker().inject(key(code, true));
  desk.worker().inject(finger(InputKind::touch_down, 5));
  ASSERT_TRUE(desk.gets(5));
  desk.stop();
  EXPECT_EQ(desk.recording->held_count(), 0u);
  EXPECT_EQ(desk.stats.released, 5u);
}

TEST(InputWorker, LetsGoOfOneDeviceWhenItsGrantIsTaken) {
  Desk desk;
  desk.worker().inject(key('W', true));
  desk.worker().inject(button(1, true));
  ASSERT_TRUE(desk.gets(2));
  desk.worker().release(input::Device::keyboard);
  ASSERT_TRUE(desk.gets(3));
  EXPECT_EQ(desk.recording->events().back(), key('W', false));
  EXPECT_EQ(desk.recording->held_count(), 1u);
  EXPECT_EQ(desk.recording->wrong_edges(), 0u);
}

TEST(InputWorker, LetsGoOfAGamepadWhenItsClientCannotAnyMore) {
  Desk desk;
  const InputEvent pressed{.kind = InputKind::gamepad_state, .code = 0x1000, .flags = 0x0100'0002};
  const InputEvent untouched{.kind = InputKind::gamepad_state, .flags = 0x0100'0003};
  desk.worker().inject(pressed);
  desk.worker().inject(untouched);
  ASSERT_TRUE(desk.gets(2));
  desk.worker().release(input::Device::keyboard);
  desk.worker().release(input::Device::gamepad);
  ASSERT_TRUE(desk.gets(3));
  EXPECT_EQ(desk.recording->events().back(), input::neutral_pad(2));
  desk.worker().release(std::nullopt);
  desk.stop();
  EXPECT_EQ(desk.recording->events().size(), 3u) << "once";
}

TEST(InputWorker, OpensDeadDevicesAgainWithNothingDown) {
  Desk desk;
  desk.worker().inject(button(1, true));
  ASSERT_TRUE(desk.gets(1));
  desk.recording->answer_with(Injected::sink_lost);
  desk.worker().inject(motion(1, 1));
  desk.worker().inject(key('A', true));
  std::this_thread::sleep_for(milliseconds(5));
  desk.recording->answer_with(Injected::done);
  ASSERT_TRUE(desk.gets(4));
  const auto events = desk.recording->events();
  EXPECT_EQ(events[1], button(1, false)) << "before anything else";
  EXPECT_EQ(events[2], motion(1, 1)) << "what came meanwhile is not lost";
  EXPECT_EQ(events[3], key('A', true));
  EXPECT_GE(desk.recording->opened(), 2u);
  EXPECT_EQ(desk.recording->wrong_edges(), 0u);
}

TEST(InputWorker, MergesMotionAndLosesNoEdgeWhileTheDesktopDoesNotRead) {
  Desk desk;
  desk.recording->answer_with(Injected::busy);
  for (int i = 0; i < 100; ++i) {
    desk.worker().inject(key('A', i % 2 == 0));
    for (int j = 0; j < 30; ++j) desk.worker().inject(motion(1, -1));
    if (i % 10 == 0) std::this_thread::sleep_for(milliseconds(1));
  }
  desk.recording->answer_with(Injected::done);
  ASSERT_TRUE(desk.comes_true([&] {
    std::int64_t moved = 0;
    for (const InputEvent& event : desk.recording->events()) moved += event.x;
    return moved == 3000;
  }));
  EXPECT_EQ(desk.recording->held_count(), 0u);
  EXPECT_EQ(desk.recording->wrong_edges(), 0u);
  EXPECT_EQ(desk.stats.dropped + desk.stats.refused, 0u);
  EXPECT_LE(desk.recording->events().size(), 201u);
}

TEST(InputWorker, HasABoundAndHoldsNothingOnceItWasPassed) {
  Desk desk;
  desk.recording->answer_with(Injected::busy);
  for (int i = 0; i < 200'000; ++i) {
    desk.worker().inject(key(static_cast<std::uint32_t>('A' + i % 26), i / 26 % 2 == 0));
  }
  desk.recording->answer_with(Injected::done);
  EXPECT_GT(desk.stats.dropped + desk.stats.refused, 0u);
  desk.worker().release(std::nullopt);
  ASSERT_TRUE(desk.comes_true([&] { return desk.recording->held_count() == 0; }));
  EXPECT_EQ(desk.recording->wrong_edges(), 0u);
}

TEST(InputWorker, CountsInputThatADesktopCannotTake) {
  Desk desk;
  desk.recording->answer_with(Injected::unsupported);
  desk.worker().inject(finger(InputKind::touch_down, 1));
  EXPECT_TRUE(desk.comes_true([&] { return desk.stats.unsupported == 1; }));
}

TEST(InputWorker, EndsNothingWhenThereIsNoInput) {
  Desk desk(false);
  desk.refusal = Error{ErrorKind::unavailable, "no seat", 0};
  desk.worker().on_desktop();
  desk.worker().inject(key('A', true));
  EXPECT_TRUE(desk.comes_true([&] { return desk.stats.unsupported == 1; }));
}

// Whatever was done before, and wherever the session ends in it.
TEST(InputWorker, HoldsNothingAfterTwoHundredDisconnects) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SeededRng rng(seed);
    Desk desk;
    const auto count = rng.below(300);
    for (std::uint64_t i = 0; i < count; ++i) desk.worker().inject(random_event(rng));
    if (rng.unit() < 0.2) desk.recording->answer_with(Injected::sink_lost);
    if (rng.unit() < 0.5) std::this_thread::sleep_for(microseconds(rng.below(2000)));
    desk.recording->answer_with(Injected::done);
    desk.stop();
    ASSERT_EQ(desk.recording->held_count(), 0u) << "seed " << seed;
    ASSERT_EQ(desk.recording->wrong_edges(), 0u) << "seed " << seed;
  }
}

// Two thousand a second would take a minute; what a slow reader would merge is merged by nobody
// here, because each event is awaited in batches smaller than what may wait.
TEST(InputWorker, LosesAndReordersNoneOfAHundredThousandEvents) {
  Desk desk;
  SeededRng rng(7);
  input::HeldTracker told;
  std::vector<InputEvent> expected;
  std::int64_t x = 0, y = 0;
  for (int sent = 0; sent < 100'000; ++sent) {
    const InputEvent event = random_event(rng);
    desk.worker().inject(event);
    const bool edge = event.kind != InputKind::mouse_move &&
                      event.kind != InputKind::mouse_move_absolute &&
                      event.kind != InputKind::mouse_scroll && event.kind != InputKind::touch_move;
    if (told.admit(event) && edge) expected.push_back(event);
    if (event.kind == InputKind::mouse_move) {
      x += event.x;
      y += event.y;
    }
    if (sent % 200 == 199) {
      const std::uint64_t so_far = static_cast<std::uint64_t>(sent) + 1;
      ASSERT_TRUE(desk.comes_true(
          [&] { return desk.stats.injected + desk.stats.merged + desk.stats.repeated == so_far; }));
    }
  }
  std::vector<InputEvent> edges;
  for (const InputEvent& event : desk.recording->events()) {
    if (event.kind == InputKind::mouse_move) {
      x -= event.x;
      y -= event.y;
    } else if (event.kind != InputKind::mouse_move_absolute &&
               event.kind != InputKind::mouse_scroll && event.kind != InputKind::touch_move) {
      edges.push_back(event);
    }
  }
  EXPECT_EQ(x, 0);
  EXPECT_EQ(y, 0);
  EXPECT_EQ(edges.size(), expected.size());
  EXPECT_TRUE(edges == expected);
  EXPECT_EQ(desk.recording->wrong_edges(), 0u);
}

}  // namespace
}  // namespace pf::pipeline
