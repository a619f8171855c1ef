// Against the real punktfunk-desktop, beside the backend that shares its buffers; and against sway
// where there is one.
#include "host/capture/wlr/screencopy_source.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

#include "desktop/testing/capture_test.h"
#include "host/capture/desktop/backend.h"
#include "host/capture/wlr/backend.h"

namespace pf::capture::wlr {
namespace {

using testing::kPatience;
using testing::kStill;
using testing::pixel;

class ScreencopySourceTest : public testing::CaptureTest {
 protected:
  void open_source() {
    auto source = backend().open(display_->wlr_output(), clock_);
    ASSERT_TRUE(source) << source.error().what;
    source_ = *std::move(source);
  }
};

TEST_F(ScreencopySourceTest, ShowsAStillScreenOnceAndThenNothing) {
  open_display({{321, 241}, {60000, 1001}});
  open_source();
  EXPECT_EQ(source_->format().size_px, (SizePx{321, 241}));
  {
    const RawFrame frame = next();
    EXPECT_EQ(frame.image.size_px, (SizePx{321, 241}));
    EXPECT_EQ(pixel(frame, 320, 240), 0u);
    EXPECT_GT(frame.captured_at, LocalTime{});
    EXPECT_LE(frame.captured_at, frame.delivered_at);
  }
  const auto still = source_->next(bell_, kStill);
  ASSERT_TRUE(still);
  EXPECT_FALSE(*still);
}

TEST_F(ScreencopySourceTest, SaysWhatChanged) {
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
  EXPECT_EQ(pixel(frame, 48, 48), 0x101010u);
}

TEST_F(ScreencopySourceTest, ShowsTheSamePixelsAsSharedBuffers) {
  open_display({{333, 222}, {60, 1}});
  open_source();
  auto shared =
      desktop::backend().open(*display_->capture_target(display::CaptureWay::best), clock_);
  ASSERT_TRUE(shared) << shared.error().what;
  open_client();
  ASSERT_TRUE(client_->paint_all(0x0A0B0C));
  for (std::uint32_t i = 0; i < 60; ++i)
    ASSERT_TRUE(client_->paint({i * 5, i * 3, 17, 9}, 0x010305 * i));
  ASSERT_TRUE(client_->paint({0, 0, 4, 4}, 0xFEDCBA));
  const RawFrame copied = next_showing(0xFEDCBA);
  const RawFrame lent = next_showing(**shared, 0xFEDCBA);
  for (std::uint32_t y = 0; y < 222; ++y)
    for (std::uint32_t x = 0; x < 333; ++x)
      ASSERT_EQ(pixel(copied, x, y), pixel(lent, x, y)) << x << "," << y;
}

TEST_F(ScreencopySourceTest, KeepsUpWithAMovingPicture) {
  open_display({{320, 240}, {120, 1}});
  open_source();
  open_client();
  constexpr int kFrames = 120;
  std::thread drawer(
      [&] { client_->animate(kFrames, [](int i) { return static_cast<std::uint32_t>(i + 1); }); });
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
  EXPECT_EQ(newest, static_cast<std::uint32_t>(kFrames));
  EXPECT_GT(distinct, kFrames / 4);
}

TEST_F(ScreencopySourceTest, LendsSeveralPicturesWithoutChangingThem) {
  open_display();
  open_source();
  open_client();
  ASSERT_TRUE(client_->paint_all(1));
  const RawFrame first = next_showing(1);
  ASSERT_TRUE(client_->paint_all(2));
  const RawFrame second = next_showing(2);
  ASSERT_TRUE(client_->paint_all(3));
  const RawFrame third = next_showing(3);
  ASSERT_TRUE(client_->paint_all(4));
  const auto none_left = source_->next(bell_, kStill);
  ASSERT_TRUE(none_left);
  EXPECT_FALSE(*none_left) << "all three are lent";
  EXPECT_EQ(pixel(first, 0, 0), 1u);
  EXPECT_EQ(pixel(second, 0, 0), 2u);
  EXPECT_EQ(pixel(third, 0, 0), 3u);
}

TEST_F(ScreencopySourceTest, IsLostWhenTheSizeChangesAndOpensAgainWithTheNewOne) {
  open_display();
  open_source();
  next();
  ASSERT_TRUE(display_->set_mode({{640, 361}, {60, 1}}));
  EXPECT_EQ(next_error(), ErrorKind::lost);
  open_source();
  EXPECT_EQ(source_->format().size_px, (SizePx{640, 361}));
}

TEST_F(ScreencopySourceTest, IsLostWhenTheCompositorIsKilled) {
  open_display();
  open_source();
  kill(display_->process_id(), SIGKILL);
  killed_ = true;
  EXPECT_EQ(next_error(), ErrorKind::lost);
}

TEST_F(ScreencopySourceTest, IsWokenByTheBell) {
  open_display();
  open_source();
  drain();
  bell_.ring();
  const auto rung_before = source_->next(bell_, seconds(60));
  ASSERT_TRUE(rung_before);
  EXPECT_FALSE(*rung_before);
}

TEST_F(ScreencopySourceTest, NamesTheOutputsThatAreThere) {
  open_display();
  const auto source =
      backend().open(display::WlrOutput{display_->wlr_output().wayland_socket, "HDMI-A-7"}, clock_);
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().kind, ErrorKind::unavailable);
  EXPECT_NE(source.error().what.find("PF-1"), std::string::npos) << source.error().what;
}

TEST_F(ScreencopySourceTest, IsUnavailableWithoutACompositor) {
  const auto source = backend().open(display::WlrOutput{"/nowhere/wayland-0", ""}, clock_);
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace pf::capture::wlr
