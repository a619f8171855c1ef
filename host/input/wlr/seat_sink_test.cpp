// The sink in a real desktop of ours: what a program there gets, as punktfunk-input-log says it.
#include <gtest/gtest.h>
#include <linux/input-event-codes.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/input/held_tracker.h"
#include "core/input/input_testing.h"
#include "host/display/desktop/desktop_display.h"
#include "host/input/wlr/backend.h"

namespace pf::input::wlr {
namespace {

using namespace pf::input::testing;
using nlohmann::json;

constexpr Nanos kPatience = seconds(20);

class SeatSinkTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char folder[] = "/tmp/pf-input-XXXXXX";
    ASSERT_NE(mkdtemp(folder), nullptr);
    folder_ = folder;
    auto display = display::desktop::DesktopDisplay::open(
        {.mode = {{1281, 721}, {60, 1}},
         .command = {PF_BIN_DIR "/punktfunk-input-log", "--file", log_path()},
         .run_as = ""});
    ASSERT_TRUE(display) << display.error().what;
    display_ = *std::move(display);
    open_sink();
    // The window has the keyboard.
    ASSERT_TRUE(gets([](const json& e) { return e["event"] == "keyboard_enter"; }));
  }
  void TearDown() override {
    sink_.reset();
    display_.reset();
    std::system(("rm -rf " + folder_).c_str());
  }
  void open_sink() {
    auto target = display_->input_target();
    ASSERT_TRUE(target) << target.error().what;
    auto sink = backend().open(*std::move(target));
    ASSERT_TRUE(sink) << sink.error().what;
    sink_ = *std::move(sink);
  }
  std::string log_path() const { return folder_ + "/log"; }

  void inject(const InputEvent& event) {
    const auto sound = sound_event(event);
    ASSERT_TRUE(sound);
    ASSERT_EQ(sink_->inject(*sound), Injected::done);
    ASSERT_EQ(sink_->flush(), Injected::done);
  }

  std::vector<json> log() const {
    std::vector<json> lines;
    std::ifstream file(log_path());
    for (std::string line; std::getline(file, line);) {
      auto parsed = json::parse(line, nullptr, false);
      if (!parsed.is_discarded()) lines.push_back(std::move(parsed));
    }
    return lines;
  }
  std::vector<json> log_of(const std::string& event) const {
    std::vector<json> found;
    for (auto& line : log()) {
      if (line["event"] == event) found.push_back(std::move(line));
    }
    return found;
  }
  bool wait_for(const std::function<bool()>& condition) const {
    for (Nanos waited{0}; waited < kPatience; waited += milliseconds(5)) {
      if (condition()) return true;
      std::this_thread::sleep_for(milliseconds(5));
    }
    return false;
  }
  bool gets(const std::function<bool(const json&)>& wanted) const {
    return wait_for([&] {
      const auto lines = log();
      return std::any_of(lines.begin(), lines.end(), wanted);
    });
  }
  bool gets(const std::string& event, std::size_t count) const {
    return wait_for([&] { return log_of(event).size() >= count; });
  }

  std::string folder_;
  std::unique_ptr<display::desktop::DesktopDisplay> display_;
  std::unique_ptr<InputSink> sink_;
};

TEST_F(SeatSinkTest, PressesKeysByTheirPlaceWithTheirModifiers) {
  inject(key('Q', true));
  inject(key('Q', false));
  inject(key(0xA0, true));
  inject(key('Q', true));
  inject(key('Q', false));
  inject(key(0xA0, false));
  ASSERT_TRUE(gets("key", 6));
  const auto keys = log_of("key");
  EXPECT_EQ(keys[0]["key"], KEY_Q);
  EXPECT_EQ(keys[0]["text"], "q");
  EXPECT_EQ(keys[0]["pressed"], true);
  EXPECT_EQ(keys[1]["pressed"], false);
  EXPECT_EQ(keys[3]["text"], "Q");
  EXPECT_EQ(keys[5]["key"], KEY_LEFTSHIFT);
}

TEST_F(SeatSinkTest, TypesAnyText) {
  const std::u32string text =
      U"Grüße, 世界! 😀🏳\u200D🌈 €\tаб\n"
      U"ABCDEFGHIJKLMNOPQRSTUVWXYZ àâéèê ñ ~ @ # [ ] { } 1 2 3 ß";
  for (const char32_t character : text) inject(testing::text(character));
  ASSERT_TRUE(gets("key", 2 * text.size()));
  std::string typed;
  for (const auto& line : log_of("key")) {
    if (line["pressed"] == true) typed += line["text"].get<std::string>();
  }
  EXPECT_EQ(typed,
            "Grüße, 世界! 😀🏳\xE2\x80\x8D🌈 €\tаб\r"
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ àâéèê ñ ~ @ # [ ] { } 1 2 3 ß");
}

TEST_F(SeatSinkTest, TypesTextAsItIsWhateverIsHeldAndGoesBackToKeys) {
  inject(key(0xA0, true));
  inject(testing::text(U'a'));
  inject(key('B', true));
  inject(key('B', false));
  inject(key(0xA0, false));
  inject(key('C', true));
  inject(key('C', false));
  ASSERT_TRUE(gets("key", 8));
  std::string typed;
  for (const auto& line : log_of("key")) {
    if (line["pressed"] == true) typed += line["text"].get<std::string>();
  }
  EXPECT_EQ(typed, "aBc");
}

TEST_F(SeatSinkTest, PointsAtTheVeryPixel) {
  constexpr SizePx kScreen{1281, 721};
  const std::pair<int, int> places[] = {{0, 0},   {1280, 720}, {640, 360},
                                        {1, 719}, {1279, 2},   {333, 77}};
  for (const auto& [x, y] : places) inject(position(x, y, kScreen));
  // The first enters the window, the others move.
  ASSERT_TRUE(gets("motion", std::size(places) - 1));
  std::vector<json> seen;
  for (auto& line : log()) {
    if (line["event"] == "pointer_enter" || line["event"] == "motion")
      seen.push_back(std::move(line));
  }
  std::size_t next = 0;
  for (const auto& line : seen) {
    if (next < std::size(places) && line["x"] == places[next].first &&
        line["y"] == places[next].second)
      ++next;
  }
  EXPECT_EQ(next, std::size(places)) << json(seen).dump();
}

TEST_F(SeatSinkTest, ScalesPositionsOfAnotherSurface) {
  inject(position(640, 360, {1280, 720}));
  inject(position(320, 180, {1280, 720}));
  ASSERT_TRUE(gets([](const json& e) {
    return e["event"] == "motion" && e["x"].get<double>() == 320.25 &&
           e["y"].get<double>() == 180.25;
  })) << json(log()).dump();
}

TEST_F(SeatSinkTest, MovesClicksAndScrolls) {
  inject(position(100, 100, {1281, 721}));
  inject(motion(10, -3));
  for (const std::uint32_t number : {1u, 2u, 3u, 4u, 5u}) {
    inject(button(number, true));
    inject(button(number, false));
  }
  inject(scroll(0, 120));
  inject(scroll(1, 240));
  inject(scroll(0, -60));
  inject(scroll(0, -60));
  ASSERT_TRUE(gets("axis", 4) && gets("button", 10));
  const auto motions = log_of("motion");
  ASSERT_FALSE(motions.empty());
  EXPECT_EQ(motions.back()["x"], 110);
  EXPECT_EQ(motions.back()["y"], 97);
  const auto relative = log_of("relative_motion");
  ASSERT_FALSE(relative.empty());
  EXPECT_EQ(relative.back()["dx"], 10);
  std::vector<int> buttons;
  for (const auto& line : log_of("button")) {
    if (line["pressed"] == true) buttons.push_back(line["button"]);
  }
  EXPECT_EQ(buttons, (std::vector<int>{BTN_LEFT, BTN_MIDDLE, BTN_RIGHT, BTN_SIDE, BTN_EXTRA}));
  const auto axes = log_of("axis");
  EXPECT_EQ(axes[0]["axis"], 0);
  EXPECT_EQ(axes[0]["value"], -15);
  EXPECT_EQ(axes[1]["axis"], 1);
  EXPECT_EQ(axes[1]["value"], 30);
  EXPECT_EQ(axes[2]["value"], 7.5);
  const auto steps = log_of("axis_discrete");
  ASSERT_EQ(steps.size(), 3u) << "two halves are a notch";
  EXPECT_EQ(steps[0]["steps"], -1);
  EXPECT_EQ(steps[1]["steps"], 2);
  EXPECT_EQ(steps[2]["steps"], 1);
}

TEST_F(SeatSinkTest, TouchesWithSeveralFingers) {
  constexpr SizePx kScreen{1281, 721};
  inject(finger(InputKind::touch_down, 7, 100, 200, kScreen));
  inject(finger(InputKind::touch_down, 900, 1280, 720, kScreen));
  inject(finger(InputKind::touch_move, 7, 101, 201, kScreen));
  inject(finger(InputKind::touch_up, 900, 0, 0, kScreen));
  inject(finger(InputKind::touch_up, 7, 0, 0, kScreen));
  ASSERT_TRUE(gets("touch_up", 2));
  const auto downs = log_of("touch_down");
  ASSERT_EQ(downs.size(), 2u);
  EXPECT_EQ(downs[0]["x"], 100);
  EXPECT_EQ(downs[0]["y"], 200);
  EXPECT_EQ(downs[1]["x"], 1280);
  EXPECT_EQ(downs[1]["y"], 720);
  const auto moves = log_of("touch_motion");
  ASSERT_EQ(moves.size(), 1u);
  EXPECT_EQ(moves[0]["x"], 101);
  EXPECT_EQ(moves[0]["id"], downs[0]["id"]);
}

TEST_F(SeatSinkTest, SaysThatThereAreNoGamepads) {
  EXPECT_EQ(sink_->inject({.kind = InputKind::gamepad_button, .code = 1, .x = 1}),
            Injected::unsupported);
}

// With the layout that the desktop had before, not with that of the text typed last.
TEST_F(SeatSinkTest, ComesBackAfterTextWithTheSameLayout) {
  inject(testing::text(U'ж'));
  ASSERT_TRUE(gets("key", 2));
  sink_.reset();
  open_sink();
  inject(key('Z', true));
  inject(key('Z', false));
  ASSERT_TRUE(gets([](const json& e) { return e["event"] == "key" && e["text"] == "z"; }));
}

TEST_F(SeatSinkTest, IsLostWithItsDesktop) {
  kill(display_->process_id(), SIGKILL);
  ASSERT_TRUE(wait_for([&] {
    const Injected outcome = sink_->inject(motion(1, 1));
    return outcome == Injected::sink_lost || sink_->flush() == Injected::sink_lost ||
           !sink_->turn();
  }));
}

// A desktop that stands still for a while, as in a debugger: nothing is lost, nothing blocks.
TEST_F(SeatSinkTest, IsBusyWhileTheDesktopDoesNotRead) {
  const int pid = display_->process_id();
  inject(position(1, 1, {1281, 721}));
  ASSERT_TRUE(gets([](const json& e) { return e["event"] == "pointer_enter"; }));
  ASSERT_EQ(kill(pid, SIGSTOP), 0);
  int moved = 0;
  Injected outcome = Injected::done;
  for (int i = 0; i < 200'000 && outcome == Injected::done; ++i) {
    outcome = sink_->inject(motion(i % 2 == 0 ? 1 : -1, 0));
    if (outcome == Injected::done) ++moved;
  }
  EXPECT_EQ(outcome, Injected::busy);
  kill(pid, SIGCONT);
  ASSERT_TRUE(wait_for([&] { return sink_->flush() == Injected::done; }));
  inject(key('A', true));
  inject(key('A', false));
  EXPECT_TRUE(gets("key", 2));
  EXPECT_GT(moved, 1000);
}

}  // namespace
}  // namespace pf::input::wlr
