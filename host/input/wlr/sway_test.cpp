// The same sink on a compositor that is not ours, and has no keyboard until the sink brings one.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/input-event-codes.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/input/input_testing.h"
#include "desktop/testing/sway.h"
#include "host/input/wlr/backend.h"

namespace pf::input::wlr {
namespace {

using namespace pf::input::testing;
using nlohmann::json;

constexpr int kTries = 2000;  // every 10 ms

// punktfunk-input-log as a program of that desktop.
class Program {
 public:
  Program(const std::string& socket, std::string log) : log_(std::move(log)) {
    pid_ = fork();
    if (pid_ != 0) return;
    setenv("WAYLAND_DISPLAY", socket.c_str(), 1);
    setenv("XDG_RUNTIME_DIR", "/tmp", 1);
    execl(PF_BIN_DIR "/punktfunk-input-log", "punktfunk-input-log", "--file", log_.c_str(),
          nullptr);
    _exit(127);
  }
  ~Program() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }
  std::vector<json> got(const std::string& event) const {
    std::vector<json> found;
    std::ifstream file(log_);
    for (std::string line; std::getline(file, line);) {
      const json parsed = json::parse(line, nullptr, false);
      if (!parsed.is_discarded() && parsed["event"] == event) found.push_back(parsed);
    }
    return found;
  }
  bool gets(const std::string& event, std::size_t count) const {
    for (int i = 0; i < kTries; ++i) {
      if (got(event).size() >= count) return true;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return false;
  }

 private:
  std::string log_;
  pid_t pid_ = -1;
};

TEST(SeatSinkOfSway, TypesPointsAndClicks) {
  ASSERT_EQ(std::system("command -v sway > /dev/null"), 0) << "sway is not installed";
  pf::testing::Sway sway;
  ASSERT_TRUE(sway.start());
  const auto open = [&] {
    display::WaylandSeat seat;
    seat.wayland_socket = sway.socket();
    seat.output_name = "HEADLESS-1";
    return backend().open(std::move(seat));
  };
  auto opened = open();
  for (int i = 0; !opened && i < 100; ++i) {  // its output may come after its socket
    std::this_thread::sleep_for(milliseconds(50));
    opened = open();
  }
  ASSERT_TRUE(opened) << opened.error().what;
  InputSink& sink = **opened;
  const std::string log = sway.socket() + ".input";
  const Program program(sway.socket(), log);
  ASSERT_TRUE(program.gets("keyboard_enter", 1));

  const auto inject = [&](const InputEvent& event) {
    EXPECT_EQ(sink.inject(*sound_event(event)), Injected::done);
    EXPECT_EQ(sink.flush(), Injected::done);
  };
  inject(key('A', true));
  inject(key('A', false));
  inject(testing::text(U'€'));
  inject(testing::text(U'😀'));
  inject(position(320, 180, {640, 360}));
  inject(position(100, 50, {640, 360}));
  inject(button(1, true));
  inject(button(1, false));
  ASSERT_TRUE(program.gets("key", 6) && program.gets("button", 2) && program.gets("motion", 1));
  std::string typed;
  for (const json& line : program.got("key")) {
    if (line["pressed"] == true) typed += line["text"].get<std::string>();
  }
  EXPECT_EQ(typed, "a€😀");
  EXPECT_EQ(program.got("button")[0]["button"], BTN_LEFT);
  EXPECT_EQ(program.got("motion").back()["x"], 100);
  EXPECT_EQ(program.got("motion").back()["y"], 50);
  EXPECT_EQ(sink.inject(finger(InputKind::touch_down, 1)), Injected::unsupported);
}

}  // namespace
}  // namespace pf::input::wlr
