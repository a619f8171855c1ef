#include "host/display/desktop/desktop_display.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "host/display/desktop/backend.h"

namespace pf::display::desktop {
namespace {

using namespace std::chrono_literals;

constexpr DisplayMode kSmall{{320, 240}, {60, 1}};

Result<std::unique_ptr<DesktopDisplay>> open(const DisplayMode& mode,
                                             std::vector<std::string> command = {}) {
  return DesktopDisplay::open({.mode = mode, .command = std::move(command), .run_as = ""});
}

// Looks until the display has something to complain about. Generous: the machine may be busy.
Result<void> wait_for_complaint(VirtualDisplay& display) {
  for (int i = 0; i < 1000; ++i) {
    if (auto state = display.check(); !state) return state;
    std::this_thread::sleep_for(10ms);
  }
  return {};
}

bool wait_until_gone(pid_t pid) {
  for (int i = 0; i < 1000; ++i) {
    if (kill(pid, 0) != 0) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

TEST(DesktopDisplay, OpensWithAnyModeAndChangesItWhileItRuns) {
  for (const DisplayMode mode :
       {DisplayMode{{1280, 720}, {60, 1}}, DisplayMode{{1281, 721}, {60000, 1001}},
        DisplayMode{{1, 1}, {1, 1}}}) {
    auto display = open(mode);
    ASSERT_TRUE(display) << display.error().what;
    EXPECT_TRUE((*display)->set_mode({{640, 361}, {144, 1}}));
    EXPECT_TRUE((*display)->set_mode({{640, 361}, {143999, 1000}}));
    EXPECT_TRUE((*display)->check());
    EXPECT_GT((*display)->process_id(), 0);
  }
}

TEST(DesktopDisplay, RefusesModesThatCannotBe) {
  for (const DisplayMode mode :
       {DisplayMode{{0, 0}, {60, 1}}, DisplayMode{{99999, 99999}, {1000, 1}},
        DisplayMode{{1280, 720}, {0, 1}}, DisplayMode{{1280, 720}, {60, 0}},
        DisplayMode{{1280, 720}, {1001, 1}}}) {
    const auto display = open(mode);
    ASSERT_FALSE(display);
    EXPECT_EQ(display.error().kind, ErrorKind::refused);
  }
}

TEST(DesktopDisplay, KeepsItsModeWhenAChangeIsRefused) {
  auto display = open(kSmall);
  ASSERT_TRUE(display) << display.error().what;
  const auto changed = (*display)->set_mode({{0, 240}, {60, 1}});
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().kind, ErrorKind::refused);
  EXPECT_TRUE((*display)->check());
  EXPECT_TRUE((*display)->set_mode({{321, 240}, {60, 1}}));
}

TEST(DesktopDisplay, SaysThatACommandDoesNotExistBeforeItStartsAnything) {
  for (const char* command :
       {"punktfunk-no-such-program", "/nowhere/program", "/etc/passwd", "/tmp"}) {
    const auto display = open(kSmall, {command});
    ASSERT_FALSE(display);
    EXPECT_EQ(display.error().kind, ErrorKind::refused);
    EXPECT_NE(display.error().what.find(command), std::string::npos) << display.error().what;
  }
}

TEST(DesktopDisplay, ReportsHowItsCommandEnded) {
  auto failed = open(kSmall, {"sh", "-c", "exit 7"});
  ASSERT_TRUE(failed) << failed.error().what;
  const auto status = wait_for_complaint(**failed);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::refused);
  EXPECT_EQ(status.error().what, "the command 'sh' ended with status 7");

  auto killed = open(kSmall, {"sh", "-c", "kill -9 $$"});
  ASSERT_TRUE(killed) << killed.error().what;
  const auto signalled = wait_for_complaint(**killed);
  ASSERT_FALSE(signalled);
  EXPECT_EQ(signalled.error().what, "the command 'sh' ended with status 137");
}

TEST(DesktopDisplay, EndsItsCommandEvenIfThatIgnoresTheRequest) {
  const std::string file = "/tmp/pf-desktop-test-" + std::to_string(getpid());
  auto display =
      open(kSmall, {"sh", "-c", "trap '' TERM; echo $$ > " + file + "; while :; do sleep 1; done"});
  ASSERT_TRUE(display) << display.error().what;
  pid_t command = 0;
  for (int i = 0; i < 1000 && command == 0; ++i) {
    std::this_thread::sleep_for(10ms);
    if (FILE* in = fopen(file.c_str(), "r")) {
      if (fscanf(in, "%d", &command) != 1) command = 0;
      fclose(in);
    }
  }
  unlink(file.c_str());
  ASSERT_GT(command, 0);
  const pid_t desktop = (*display)->process_id();
  display->reset();
  EXPECT_TRUE(wait_until_gone(command));
  EXPECT_TRUE(wait_until_gone(desktop));
}

TEST(DesktopDisplay, IsLostWhenItsProcessIsKilled) {
  auto display = open(kSmall);
  ASSERT_TRUE(display) << display.error().what;
  kill((*display)->process_id(), SIGKILL);
  const auto state = wait_for_complaint(**display);
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().kind, ErrorKind::lost);
  EXPECT_EQ(state.error().what, "punktfunk-desktop was ended by signal 9");
}

TEST(DesktopDisplay, EndsOnATerminationSignal) {
  auto display = open(kSmall, {"sleep", "1000"});
  ASSERT_TRUE(display) << display.error().what;
  kill((*display)->process_id(), SIGTERM);
  const auto state = wait_for_complaint(**display);
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().kind, ErrorKind::lost);
  EXPECT_EQ(state.error().what, "punktfunk-desktop ended with status 0");
}

TEST(DesktopDisplay, ExistsSeveralTimesAtOnceAndApart) {
  auto first = open(kSmall);
  auto second = open({{640, 480}, {30, 1}});
  ASSERT_TRUE(first) << first.error().what;
  ASSERT_TRUE(second) << second.error().what;
  EXPECT_NE((*first)->process_id(), (*second)->process_id());
  EXPECT_NE((*first)->wlr_output().wayland_socket, (*second)->wlr_output().wayland_socket);
  first->reset();
  EXPECT_TRUE((*second)->check());
  EXPECT_TRUE((*second)->set_mode({{800, 600}, {30, 1}}));
}

TEST(DesktopDisplay, RefusesUsersThatDoNotExist) {
  const auto display =
      DesktopDisplay::open({.mode = kSmall, .command = {}, .run_as = "pf-no-such-user"});
  ASSERT_FALSE(display);
  EXPECT_EQ(display.error().kind, ErrorKind::refused);
}

TEST(DesktopDisplay, RunsItsCommandAsAnotherUser) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  // Fails unless it is nobody, with a private runtime folder of its own and nothing of root's
  // environment.
  const char* check =
      "test \"$(id -un)\" = nobody && test \"$(stat -c %U:%a \"$XDG_RUNTIME_DIR\")\" = nobody:700 "
      "&& test \"$USER\" = nobody && test -S \"$WAYLAND_DISPLAY\" && test -z \"$PF_TEST_SECRET\" "
      "&& ! test -r /root && exit 42";
  setenv("PF_TEST_SECRET", "root's", 1);
  auto display =
      DesktopDisplay::open({.mode = kSmall, .command = {"sh", "-c", check}, .run_as = "nobody"});
  unsetenv("PF_TEST_SECRET");
  ASSERT_TRUE(display) << display.error().what;
  const auto state = wait_for_complaint(**display);
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().what, "the command 'sh' ended with status 42");
}

TEST(DesktopDisplay, IsThereAsABackend) {
  const DisplayBackend found = backend();
  EXPECT_STREQ(found.name, "desktop");
  EXPECT_TRUE(found.probe({}));
  EXPECT_FALSE(found.probe({.command = {"no-such-program-anywhere"}}));
  const auto display = found.open({.mode = kSmall, .command = {}, .run_as = ""});
  ASSERT_TRUE(display) << display.error().what;
  const auto target = (*display)->capture_target(CaptureWay::best);
  ASSERT_TRUE(target);
  EXPECT_TRUE(std::holds_alternative<DesktopCapture>(*target));
}

TEST(DesktopNews, RefusesWhatIsNoMessage) {
  const std::uint32_t unknown = 99;
  EXPECT_FALSE(parse_desktop_news(&unknown, sizeof unknown));
  EXPECT_FALSE(parse_desktop_news(&unknown, 2));
  pf_desktop_ready ready{};
  ready.kind = PF_DESKTOP_READY;
  EXPECT_TRUE(parse_desktop_news(&ready, sizeof ready));
  EXPECT_FALSE(parse_desktop_news(&ready, sizeof ready - 1));
  for (char& letter : ready.wayland_socket) letter = 'x';
  EXPECT_FALSE(parse_desktop_news(&ready, sizeof ready));
}

}  // namespace
}  // namespace pf::display::desktop
