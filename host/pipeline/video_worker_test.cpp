#include "host/pipeline/video_worker.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/runtime/system_clock.h"

namespace pf::pipeline {
namespace {

constexpr DisplayMode kFirstMode{{320, 200}, {60, 1}};

// A small world of fakes: what dies, and how often, is a number to set.
struct World {
  int displays = 0, sources = 0, encoders = 0;
  int displays_wanted_anew = 0;
  int alive_displays = 0;
  int frames_until_source_lost = -1;
  int frames_until_display_lost = -1;
  int frames_until_still = -1;
  bool room = true;
  int frames_without_room = 0;
  int frames_until_mode_wish = -1;
  DisplayMode wish{{640, 480}, {30, 1}};
  ErrorKind set_mode_fails = ErrorKind::internal;  // which means: it does not
  int set_modes_that_fail = 1000;
  int sources_that_fail = 0;  // after the first
  ErrorKind sources_fail = ErrorKind::lost;
  bool command_ends = false;       // with the display's loss
  int encoders_that_fail = 0;      // once the mode was wished for
  std::vector<SizePx> encoded_px;  // of each encoder that was opened
  std::vector<EpochOpened> epochs;
  std::vector<ErrorKind> failures;
  std::size_t enough_failures = 1000;
  std::vector<encode::AccessUnitPart> parts;
};

class FakeDisplay final : public display::VirtualDisplay {
 public:
  FakeDisplay(World& world, const DisplayMode& mode) : world_(world), mode_(mode) {
    ++world_.displays;
    ++world_.alive_displays;
  }
  ~FakeDisplay() override { --world_.alive_displays; }
  Result<void> set_mode(const DisplayMode& mode) override {
    if (world_.set_mode_fails != ErrorKind::internal && mode == world_.wish &&
        world_.set_modes_that_fail-- > 0) {
      if (world_.set_mode_fails == ErrorKind::lost) dead_ = true;
      return fail(world_.set_mode_fails, "it cannot have that mode");
    }
    if (dead_) return fail(ErrorKind::lost, "the compositor is gone");
    mode_ = mode;
    return {};
  }
  DisplayMode mode() const noexcept override { return mode_; }
  Result<display::CaptureTarget> capture_target(display::CaptureWay) override {
    return display::SyntheticOutput{};
  }
  Result<void> check() override {
    if (world_.frames_until_display_lost == 0) dead_ = true;
    if (dead_ && world_.command_ends) return fail(ErrorKind::refused, "the command has ended");
    if (dead_) return fail(ErrorKind::lost, "the compositor is gone");
    return {};
  }

 private:
  World& world_;
  DisplayMode mode_;
  bool dead_ = false;
};

class FakeSource final : public capture::VideoSource {
 public:
  explicit FakeSource(World& world) : world_(world) { ++world_.sources; }
  const capture::VideoFormat& format() const noexcept override { return format_; }
  Result<std::optional<capture::RawFrame>> next(Doorbell& bell, Nanos patience) override {
    if (!world_.room) ++world_.frames_without_room;
    if (world_.frames_until_still == 0) {
      bell.wait(patience);
      return std::nullopt;
    }
    if (world_.frames_until_still > 0) --world_.frames_until_still;
    if (world_.frames_until_source_lost == 0) {
      world_.frames_until_source_lost = -1;
      return fail(ErrorKind::lost, "the capture is gone");
    }
    if (world_.frames_until_source_lost > 0) --world_.frames_until_source_lost;
    if (world_.frames_until_display_lost > 0) --world_.frames_until_display_lost;
    return capture::RawFrame{};
  }

 private:
  World& world_;
  capture::VideoFormat format_;
};

class FakeEncoder final : public encode::Encoder {
 public:
  explicit FakeEncoder(World& world) { ++world.encoders; }
  const encode::StreamParameters& parameters() const noexcept override { return parameters_; }
  Result<void> encode(capture::RawFrame, const encode::FrameDirective& directive,
                      encode::PartSink& sink) override {
    return encode_again(directive, sink);
  }
  Result<void> encode_again(const encode::FrameDirective& directive,
                            encode::PartSink& sink) override {
    sink.on_part({.id = directive.id, .first = true, .last = true, .idr = directive.idr});
    return {};
  }
  encode::EncodeCost last_cost() const noexcept override { return {}; }

 private:
  encode::StreamParameters parameters_;
};

class FakeOutlet final : public FrameOutlet {
 public:
  FakeOutlet(World& world, Latest<DisplayMode>& mode_wish, std::atomic<bool>& stop,
             std::size_t enough)
      : world_(world), mode_wish_(mode_wish), stop_(stop), enough_(enough) {}
  void begin_epoch(const encode::StreamParameters&) override {}
  bool has_room() noexcept override {
    if (!world_.room) stop_ = true;
    return world_.room;
  }
  void on_part(const encode::AccessUnitPart& part) noexcept override {
    world_.parts.push_back(part);
    if (world_.frames_until_mode_wish-- == 0) mode_wish_.put(world_.wish);
    if (world_.parts.size() >= enough_) stop_ = true;
  }
  Result<void> run(Shift&) override { return {}; }

 private:
  World& world_;
  Latest<DisplayMode>& mode_wish_;
  std::atomic<bool>& stop_;
  std::size_t enough_;
};

// Runs the worker under its supervisor until `enough` access units have come out (or there was no
// room).
void run_until(World& world, std::size_t enough) {
  SystemClock clock;
  HealthBoard board;
  Doorbell bell;
  FrameSteering steering(bell, 1000);
  StageCpu cpu;
  StageCounts counts;
  recorder::SessionTrace trace;
  std::atomic<bool> stop{false};
  Latest<DisplayMode> mode_wish;
  FakeOutlet outlet(world, mode_wish, stop, enough);
  const Backends backends{
      .open_display = [&](const display::DisplayRequest& request)
          -> Result<std::unique_ptr<display::VirtualDisplay>> {
        if (world.frames_until_display_lost == 0)
          world.frames_until_display_lost = -1;  // the new one lives
        if (request.anew) ++world.displays_wanted_anew;
        return std::make_unique<FakeDisplay>(world, request.mode);
      },
      .open_source = [&](display::CaptureTarget,
                         const Clock&) -> Result<std::unique_ptr<capture::VideoSource>> {
        if (world.sources > 0 && world.sources_that_fail-- > 0)
          return fail(world.sources_fail, "nothing can be captured");
        return std::make_unique<FakeSource>(world);
      },
      .open_encoder = [&](const encode::EncodeRequest& request,
                          const Clock&) -> Result<std::unique_ptr<encode::Encoder>> {
        if (request.size_px == world.wish.size_px && world.encoders_that_fail-- > 0)
          return fail(ErrorKind::exhausted, "no memory for such a picture");
        world.encoded_px.push_back(request.size_px);
        return std::make_unique<FakeEncoder>(world);
      }};
  VideoWorker worker({.display = {.mode = kFirstMode}}, backends, outlet, steering, mode_wish, cpu,
                     counts, trace, clock,
                     [&](const EpochOpened& epoch) { world.epochs.push_back(epoch); });
  {
    SupervisedThread thread(
        {"test video"}, {.first = Nanos(1), .longest = Nanos(1)}, bell, board, clock,
        [&](Shift& shift) { return worker.run(shift); },
        [&](const Error& error, bool gives_up) {
          world.failures.push_back(error.kind);
          if (gives_up || world.failures.size() >= world.enough_failures) stop = true;
        });
    while (!stop) std::this_thread::sleep_for(milliseconds(1));
  }
  EXPECT_LE(world.alive_displays, 1);
}

std::vector<std::uint64_t> idr_ids(const World& world) {
  std::vector<std::uint64_t> ids;
  for (const auto& part : world.parts) {
    if (part.idr) ids.push_back(value(part.id));
  }
  return ids;
}

TEST(VideoWorker, StartsWithAnIdrAndNumbersWithoutGaps) {
  World world;
  run_until(world, 5);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(value(world.parts[i].id), i);
  EXPECT_EQ(idr_ids(world), (std::vector<std::uint64_t>{0}));
}

TEST(VideoWorker, ReopensALostCaptureOnTheSameDisplayAndStartsOverWithAnIdr) {
  World world;
  world.frames_until_source_lost = 3;
  run_until(world, 6);
  EXPECT_EQ(world.displays, 1);
  EXPECT_EQ(world.sources, 2);
  EXPECT_EQ(idr_ids(world), (std::vector<std::uint64_t>{0, 3}));
  EXPECT_EQ(value(world.parts[5].id), 5u);
}

TEST(VideoWorker, ReopensALostDisplay) {
  World world;
  world.frames_until_display_lost = 2;
  run_until(world, 6);
  EXPECT_EQ(world.displays, 2);
  EXPECT_EQ(idr_ids(world), (std::vector<std::uint64_t>{0, 2}));
}

TEST(VideoWorker, SwitchesTheModeOfTheSameDisplayAndNumbersOn) {
  World world;
  world.frames_until_mode_wish = 2;
  run_until(world, 6);
  EXPECT_EQ(world.displays, 1);
  EXPECT_EQ(world.sources, 2);
  EXPECT_EQ(world.encoded_px, (std::vector<SizePx>{kFirstMode.size_px, world.wish.size_px}));
  EXPECT_EQ(idr_ids(world), (std::vector<std::uint64_t>{0, 3}));
  EXPECT_EQ(value(world.parts[5].id), 5u);
  ASSERT_EQ(world.epochs.size(), 2u);
  EXPECT_EQ(world.epochs[1].asked, world.wish);
  EXPECT_EQ(world.epochs[1].mode, world.wish);
}

TEST(VideoWorker, KeepsTheOldModeWhenTheDisplayRefusesTheNewOne) {
  World world;
  world.frames_until_mode_wish = 2;
  world.set_mode_fails = ErrorKind::refused;
  run_until(world, 6);
  EXPECT_EQ(world.displays, 1);
  ASSERT_EQ(world.epochs.size(), 2u);
  EXPECT_EQ(world.epochs[1].asked, world.wish);
  EXPECT_EQ(world.epochs[1].mode, kFirstMode);
}

TEST(VideoWorker, GoesBackToTheOldModeWhenNoEncoderTakesTheNewOne) {
  World world;
  world.frames_until_mode_wish = 2;
  world.encoders_that_fail = 1;
  run_until(world, 6);
  EXPECT_EQ(world.displays, 1);
  EXPECT_EQ(world.encoded_px, (std::vector<SizePx>{kFirstMode.size_px, kFirstMode.size_px}));
  ASSERT_EQ(world.epochs.size(), 2u);
  EXPECT_EQ(world.epochs[1].mode, kFirstMode);
}

TEST(VideoWorker, DoesNotRepeatASwitchThatCostTheDisplayItsLife) {
  World world;
  world.frames_until_mode_wish = 2;
  world.set_mode_fails = ErrorKind::lost;
  run_until(world, 8);
  EXPECT_EQ(world.displays, 3);  // once is no proof
  ASSERT_EQ(world.epochs.size(), 2u);
  EXPECT_EQ(world.epochs[1].asked, world.wish);
  EXPECT_EQ(world.epochs[1].mode, kFirstMode);
}

TEST(VideoWorker, RebuildsInTheNewModeWhenTheDisplayDiesDuringTheSwitch) {
  World world;
  world.frames_until_mode_wish = 2;
  world.set_mode_fails = ErrorKind::lost;
  world.set_modes_that_fail = 1;
  run_until(world, 8);
  EXPECT_EQ(world.displays, 2);
  ASSERT_EQ(world.epochs.size(), 2u);
  EXPECT_EQ(world.epochs[1].asked, world.wish);
  EXPECT_EQ(world.epochs[1].mode, world.wish);
  EXPECT_EQ(idr_ids(world), (std::vector<std::uint64_t>{0, 3}));
}

TEST(VideoWorker, ReopensALostDisplayInTheModeThatWasSwitchedTo) {
  World world;
  world.frames_until_mode_wish = 2;
  world.frames_until_display_lost = 6;
  run_until(world, 9);
  EXPECT_EQ(world.displays, 2);
  ASSERT_EQ(world.epochs.size(), 3u);
  EXPECT_EQ(world.epochs[2].mode, world.wish);
}

TEST(VideoWorker, TakesAnotherDisplayOnceCapturesOfThisOneKeepFailing) {
  World world;
  world.frames_until_source_lost = 3;
  world.sources_that_fail = 3;
  run_until(world, 6);
  EXPECT_EQ(world.displays, 2);
  EXPECT_EQ(world.displays_wanted_anew, 1);
  EXPECT_EQ(world.failures.size(), 4u);
  EXPECT_EQ(idr_ids(world), (std::vector<std::uint64_t>{0, 3}));
}

TEST(VideoWorker, ASessionThatWorkedDoesNotEndWhenACaptureIsRefused) {
  World world;
  world.frames_until_source_lost = 3;
  world.sources_that_fail = 1;
  world.sources_fail = ErrorKind::refused;
  world.enough_failures = 2;  // the next try is ten seconds away
  run_until(world, 1000);
  EXPECT_EQ(world.failures, (std::vector<ErrorKind>{ErrorKind::lost, ErrorKind::unavailable}));
}

TEST(VideoWorker, EndsWithTheCommandOfTheDisplay) {
  World world;
  world.frames_until_display_lost = 3;
  world.command_ends = true;
  run_until(world, 1000);
  EXPECT_EQ(world.displays, 1);
  EXPECT_EQ(world.failures, (std::vector<ErrorKind>{ErrorKind::refused}));
}

TEST(VideoWorker, RepeatsTheLastPictureOfAScreenThatStandsStill) {
  World world;
  world.frames_until_still = 2;
  run_until(world, 3);
  EXPECT_EQ(value(world.parts[2].id), 2u);
  EXPECT_EQ(idr_ids(world), (std::vector<std::uint64_t>{0}));
}

TEST(VideoWorker, TakesNoPictureWhileTheOutletHasNoRoom) {
  World world;
  world.room = false;
  run_until(world, 1);
  EXPECT_EQ(world.frames_without_room, 0);
  EXPECT_TRUE(world.parts.empty());
}

}  // namespace
}  // namespace pf::pipeline
