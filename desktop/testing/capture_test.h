// What tests of a capture of our compositor share: a real punktfunk-desktop, a source that shows it
// and a client in it, and ways to wait for a picture.
#pragma once

#include <signal.h>

#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/runtime/system_clock.h"
#include "desktop/testing/test_client.h"
#include "host/capture/source.h"
#include "host/display/desktop/desktop_display.h"

namespace pf::testing {

// Long enough for a busy machine; nothing here waits it out unless it fails.
inline constexpr Nanos kPatience = seconds(10);
// What a still screen is watched for.
inline constexpr Nanos kStill = milliseconds(300);

inline std::uint32_t pixel(const capture::RawFrame& frame, std::uint32_t x, std::uint32_t y) {
  std::uint32_t value = 0;
  std::memcpy(&value, frame.image.pixels + std::size_t{y} * frame.image.stride_bytes + x * 4, 4);
  return value & 0xFFFFFF;
}

class CaptureTest : public ::testing::Test {
 protected:
  void open_display(const DisplayMode& mode = {{320, 240}, {60, 1}},
                    std::vector<std::string> command = {}) {
    auto opened = display::desktop::DesktopDisplay::open(
        {.mode = mode, .command = std::move(command), .run_as = ""});
    ASSERT_TRUE(opened) << opened.error().what;
    display_ = *std::move(opened);
  }
  // A desktop built with sanitizers ends with another status when they found something.
  void TearDown() override {
    source_.reset();
    client_.reset();
    if (!display_ || killed_) return;
    kill(display_->process_id(), SIGTERM);
    std::string words;
    for (int i = 0; i < 1000 && words.empty(); ++i) {
      if (const auto state = display_->check(); !state) words = state.error().what;
      std::this_thread::sleep_for(milliseconds(10));
    }
    EXPECT_EQ(words, "punktfunk-desktop ended with status 0");
  }
  void open_client() {
    client_ = TestClient::open(display_->wlr_output().wayland_socket);
    ASSERT_NE(client_, nullptr);
  }
  // The next picture that is there within reason.
  capture::RawFrame next(capture::VideoSource& source) {
    auto frame = source.next(bell_, kPatience);
    EXPECT_TRUE(frame) << frame.error().what;
    EXPECT_TRUE(frame && *frame) << "no picture came";
    return frame && *frame ? *std::move(*frame) : capture::RawFrame{};
  }
  capture::RawFrame next() { return next(*source_); }
  // Takes pictures until the screen has been still for a while.
  void drain() {
    while (true) {
      auto frame = source_->next(bell_, kStill);
      if (!frame || !*frame) return;
    }
  }
  // Takes pictures until one shows this colour there.
  capture::RawFrame next_showing(capture::VideoSource& source, std::uint32_t rgb,
                                 std::uint32_t x = 0, std::uint32_t y = 0) {
    for (int i = 0; i < 100; ++i) {
      capture::RawFrame frame = next(source);
      if (frame.image.pixels == nullptr || pixel(frame, x, y) == rgb) return frame;
    }
    ADD_FAILURE() << "that colour never came";
    return {};
  }
  capture::RawFrame next_showing(std::uint32_t rgb, std::uint32_t x = 0, std::uint32_t y = 0) {
    return next_showing(*source_, rgb, x, y);
  }
  ErrorKind next_error() {
    for (int i = 0; i < 100; ++i) {
      const auto frame = source_->next(bell_, kPatience);
      if (!frame) return frame.error().kind;
    }
    return ErrorKind::internal;
  }

  SystemClock clock_;
  Doorbell bell_;
  std::unique_ptr<display::desktop::DesktopDisplay> display_;
  std::unique_ptr<capture::VideoSource> source_;
  std::unique_ptr<TestClient> client_;
  bool killed_ = false;
};

}  // namespace pf::testing
