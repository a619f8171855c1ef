// Against the real punktfunk-desktop. What a lying one could send is in channel_lies_test.cpp.
#include "host/capture/desktop/desktop_source.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "core/runtime/system_clock.h"
#include "desktop/testing/capture_test.h"
#include "host/capture/desktop/backend.h"
#include "host/display/desktop/desktop_display.h"

namespace pf::capture::desktop {
namespace {

using display::desktop::DesktopDisplay;
using testing::kPatience;
using testing::kStill;
using testing::pixel;
using testing::TestClient;

class DesktopSourceTest : public testing::CaptureTest {
 protected:
  void open_source() {
    auto target = display_->capture_target(display::CaptureWay::best);
    ASSERT_TRUE(target) << target.error().what;
    auto source = backend().open(*std::move(target), clock_);
    ASSERT_TRUE(source) << source.error().what;
    source_ = *std::move(source);
  }
};

TEST_F(DesktopSourceTest, ShowsAnEmptyDesktopAtOnceAndThenNothing) {
  open_display({{321, 241}, {60000, 1001}});
  open_source();
  EXPECT_EQ(source_->format().size_px, (SizePx{321, 241}));
  {
    const RawFrame frame = next();
    EXPECT_TRUE(frame.damage_px.empty()) << "the first picture is new as a whole";
    EXPECT_EQ(frame.image.size_px, (SizePx{321, 241}));
    EXPECT_GE(frame.image.stride_bytes, 321u * 4);
    EXPECT_EQ(pixel(frame, 320, 240), 0u);
    EXPECT_GT(frame.captured_at, LocalTime{});
    EXPECT_LE(frame.captured_at, frame.delivered_at);
    EXPECT_LE(frame.delivered_at, clock_.now());
  }
  const auto still = source_->next(bell_, kStill);
  ASSERT_TRUE(still);
  EXPECT_FALSE(*still) << "a still screen is silent";
}

TEST_F(DesktopSourceTest, ShowsWhatAClientDraws) {
  open_display();
  open_source();
  open_client();
  EXPECT_EQ(client_->size_px(), (SizePx{320, 240})) << "a window fills its output";
  ASSERT_TRUE(client_->paint_all(0x123456));
  const RawFrame frame = next_showing(0x123456);
  EXPECT_EQ(pixel(frame, 319, 239), 0x123456u);
}

TEST_F(DesktopSourceTest, SaysWhatChanged) {
  open_display();
  open_source();
  open_client();
  ASSERT_TRUE(client_->paint_all(0x101010));
  drain();
  ASSERT_TRUE(client_->paint({32, 48, 16, 8}, 0xFF8040));
  const RawFrame frame = next();
  ASSERT_EQ(frame.damage_px.size(), 1u);
  EXPECT_EQ(frame.damage_px[0], (RectPx{32, 48, 16, 8}));
  EXPECT_EQ(pixel(frame, 32, 48), 0xFF8040u);
  EXPECT_EQ(pixel(frame, 47, 55), 0xFF8040u);
  EXPECT_EQ(pixel(frame, 48, 55), 0x101010u);
}

TEST_F(DesktopSourceTest, AddsUpTheDamageOfPicturesItDidNotReturn) {
  open_display();
  open_source();
  open_client();
  ASSERT_TRUE(client_->paint_all(0));
  drain();
  for (std::uint32_t i = 0; i < 4; ++i) {
    ASSERT_TRUE(client_->paint({i * 32, 0, 8, 8}, 0x0000FF));
    std::this_thread::sleep_for(milliseconds(40));  // a refresh of its own for each
  }
  // Some were dropped here, some in the desktop for want of a free hand: nothing may be missing in
  // the end.
  std::array<bool, 4> changed{};
  while (true) {
    auto frame = source_->next(bell_, kStill);
    ASSERT_TRUE(frame);
    if (!*frame) break;
    for (const RectPx& rect : (*frame)->damage_px)
      for (std::uint32_t i = 0; i < 4; ++i)
        if (rect.x <= i * 32 && rect.x + rect.width >= i * 32 + 8) changed[i] = true;
    if ((*frame)->damage_px.empty()) changed.fill(true);
  }
  EXPECT_EQ(changed, (std::array<bool, 4>{true, true, true, true}));
}

TEST_F(DesktopSourceTest, BringsTheLastPictureEvenToAConsumerThatWasSlow) {
  open_display();
  open_source();
  open_client();
  ASSERT_TRUE(client_->paint_all(0));
  drain();
  ASSERT_TRUE(client_->paint_all(1));
  const RawFrame held = next();  // one in our hand, and the desktop lends only one more
  for (std::uint32_t i = 2; i < 6; ++i) {
    ASSERT_TRUE(client_->paint_all(i));
    std::this_thread::sleep_for(milliseconds(40));
  }
  RawFrame last = next();
  last.lease.reset();
  last = next_showing(5);
  EXPECT_EQ(pixel(last, 0, 0), 5u);
  EXPECT_EQ(pixel(held, 0, 0), 1u) << "what is lent to us must not change";
}

TEST_F(DesktopSourceTest, KeepsUpWithAMovingPicture) {
  open_display({{320, 240}, {120, 1}});
  open_source();
  open_client();
  constexpr int kFrames = 120;
  std::atomic<bool> drawn{false};
  std::thread drawer([&] {
    client_->animate(kFrames, [](int i) { return static_cast<std::uint32_t>(i + 1); });
    drawn = true;
  });
  std::uint32_t newest = 0;
  int distinct = 0;
  while (newest < kFrames) {
    const RawFrame frame = next();
    if (frame.image.pixels == nullptr) break;
    const std::uint32_t shown = pixel(frame, 0, 0);
    EXPECT_GE(shown, newest) << "pictures come in order";
    EXPECT_EQ(pixel(frame, 319, 239), shown) << "a picture is whole";
    distinct += shown > newest ? 1 : 0;
    newest = shown;
  }
  drawer.join();
  EXPECT_TRUE(drawn);
  EXPECT_EQ(newest, static_cast<std::uint32_t>(kFrames)) << "the last one comes for certain";
  EXPECT_GT(distinct, kFrames / 4);
}

TEST_F(DesktopSourceTest, IsLostWhenTheSizeChangesAndOpensAgainWithTheNewOne) {
  open_display();
  open_source();
  next();
  ASSERT_TRUE(display_->set_mode({{640, 361}, {144, 1}}));
  EXPECT_EQ(next_error(), ErrorKind::lost);
  open_source();
  EXPECT_EQ(source_->format().size_px, (SizePx{640, 361}));
}

TEST_F(DesktopSourceTest, StaysWhenOnlyTheRateChanges) {
  open_display();
  open_source();
  open_client();
  ASSERT_TRUE(display_->set_mode({{320, 240}, {60000, 1001}}));
  ASSERT_TRUE(client_->paint_all(0xABCDEF));
  next_showing(0xABCDEF);
}

TEST_F(DesktopSourceTest, IsLostWhenTheDesktopIsKilled) {
  open_display();
  open_source();
  kill(display_->process_id(), SIGKILL);
  killed_ = true;
  EXPECT_EQ(next_error(), ErrorKind::lost);
}

TEST_F(DesktopSourceTest, OutlivesAClientThatIsKilled) {
  open_display();
  open_source();
  const std::string socket = display_->wlr_output().wayland_socket;
  const pid_t doomed = fork();
  ASSERT_GE(doomed, 0);
  if (doomed == 0) {
    const auto client = TestClient::open(socket);
    if (client) client->animate(1'000'000, [](int) { return 0x00FF00u; });
    _exit(0);
  }
  next_showing(0x00FF00);
  kill(doomed, SIGKILL);
  waitpid(doomed, nullptr, 0);
  next_showing(0x000000);
  open_client();
  ASSERT_TRUE(client_->paint_all(0x0000FF));
  next_showing(0x0000FF);
  EXPECT_TRUE(display_->check());
}

TEST_F(DesktopSourceTest, IsWokenByTheBell) {
  open_display();
  open_source();
  drain();
  std::thread ringer([this] { bell_.ring(); });
  const auto nothing = source_->next(bell_, seconds(60));
  ringer.join();
  ASSERT_TRUE(nothing);
  EXPECT_FALSE(*nothing);
}

TEST_F(DesktopSourceTest, WorksForTwoDesktopsAtOnce) {
  open_display();
  open_source();
  open_client();
  auto other = DesktopDisplay::open({.mode = {{200, 100}, {30, 1}}, .command = {}, .run_as = ""});
  ASSERT_TRUE(other) << other.error().what;
  auto other_source = backend().open(*(*other)->capture_target(display::CaptureWay::best), clock_);
  ASSERT_TRUE(other_source) << other_source.error().what;
  auto other_client = TestClient::open((*other)->wlr_output().wayland_socket);
  ASSERT_NE(other_client, nullptr);
  EXPECT_EQ(other_client->size_px(), (SizePx{200, 100}));
  ASSERT_TRUE(client_->paint_all(0xFF0000));
  ASSERT_TRUE(other_client->paint_all(0x00FF00));
  next_showing(0xFF0000);
  source_ = *std::move(other_source);
  next_showing(0x00FF00);
}

}  // namespace
}  // namespace pf::capture::desktop
