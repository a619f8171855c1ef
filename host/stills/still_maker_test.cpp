#include "host/stills/still_maker.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

#include "core/runtime/system_clock.h"

namespace pf::stills {
namespace {

// A screen whose one picture is lent and must come back before its source goes.
class OnePicture final : public capture::VideoSource {
 public:
  explicit OnePicture(std::atomic<int>& open) : open_(open) { ++open_; }
  ~OnePicture() override {
    EXPECT_FALSE(lent_);
    --open_;
  }
  const capture::VideoFormat& format() const noexcept override { return format_; }
  Result<std::optional<capture::RawFrame>> next(Doorbell&, Nanos) override {
    lent_ = true;
    capture::RawFrame frame{.image = {pixels_.data(), {8, 8}, 32, capture::PixelFormat::bgrx},
                            .lease = capture::FrameLease(take_back, this, 0)};
    return std::optional<capture::RawFrame>(std::move(frame));
  }

 private:
  static void take_back(void* self, std::uint64_t) noexcept {
    static_cast<OnePicture*>(self)->lent_ = false;
  }
  std::atomic<int>& open_;
  bool lent_ = false;
  capture::VideoFormat format_{.size_px = {8, 8}};
  std::array<std::byte, 8 * 8 * 4> pixels_{};
};

class Stills : public testing::Test {
 protected:
  // What newest() says once it says something else than that it is at work.
  Result<std::shared_ptr<const Still>> wait_for(StillMaker& maker, unsigned session) {
    for (;;) {
      auto told = maker.newest(session);
      if (told || told.error().what.find("ask again") == std::string::npos) return told;
      std::this_thread::yield();
    }
  }
  StillMaker::FindTarget anywhere() {
    return [](unsigned) -> Result<display::CaptureTarget> { return display::SyntheticOutput{}; };
  }
  StillMaker::OpenSource one_picture() {
    return [this](const display::CaptureTarget&,
                  const Clock&) -> Result<std::unique_ptr<capture::VideoSource>> {
      return std::make_unique<OnePicture>(open_sources_);
    };
  }
  std::atomic<int> open_sources_{0};
  HealthBoard board_;
  SystemClock clock_;
};

TEST_F(Stills, AreMadeWhenAskedForAndLeaveNothingOpen) {
  StillMaker maker(anywhere(), one_picture(), board_, clock_);
  EXPECT_EQ(maker.cost().made, 0u);
  const auto still = wait_for(maker, 1);
  ASSERT_TRUE(still);
  EXPECT_EQ((*still)->size_px, (SizePx{8, 8}));
  EXPECT_EQ((*still)->jpeg.substr(0, 2), "\xFF\xD8");  // ITU-T T.81, SOI
  EXPECT_EQ(open_sources_, 0);
  EXPECT_EQ(maker.cost().made, 1u);
  EXPECT_GT(maker.cost().cpu, Nanos(0));
  EXPECT_EQ(*maker.newest(1), *still) << "the next is not due";
}

TEST_F(Stills, SayWhatIsInTheirWay) {
  StillMaker maker(
      [](unsigned) -> Result<display::CaptureTarget> {
        return fail(ErrorKind::lost, "its desktop has gone");
      },
      one_picture(), board_, clock_);
  const auto told = wait_for(maker, 4);
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().what, "there is no picture of session 4: its desktop has gone");
  EXPECT_EQ(maker.cost().made, 0u);
}

}  // namespace
}  // namespace pf::stills
