#include "host/blackbox/blackbox.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <filesystem>

#include <gtest/gtest.h>

#include "core/runtime/files.h"
#include "core/runtime/system_clock.h"
#include "host/blackbox/clip_reader_testing.h"
#include "host/blackbox/streamed_session_testing.h"

namespace pf::blackbox {
namespace {

using namespace testing_clips;

constexpr Nanos kPatience = seconds(30);
constexpr Nanos kWireOffset = seconds(1'700'000'000);

class Folder {
 public:
  Folder() { EXPECT_NE(mkdtemp(path_.data()), nullptr); }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }
  std::size_t files() const {
    std::error_code none;
    std::size_t count = 0;
    for (const auto& one : std::filesystem::directory_iterator(path_ + "/clips", none))
      count += one.is_regular_file() ? 1 : 0;
    return count;
  }

 private:
  std::string path_ = (std::filesystem::temp_directory_path() / "blackbox-XXXXXX").string();
};

class SetClock final : public Clock {
 public:
  LocalTime now() const noexcept override { return LocalTime(Nanos(ns)); }
  std::atomic<std::int64_t> ns{seconds(1000).count() * 1'000'000'000LL};
};

template <class Condition>
bool comes_true(Condition condition) {
  const SystemClock clock;
  Doorbell nobody;
  const LocalTime until = clock.now() + kPatience;
  while (clock.now() < until) {
    if (condition()) return true;
    nobody.wait(milliseconds(5));
  }
  return false;
}

class BlackBoxTest : public ::testing::Test {
 protected:
  explicit BlackBoxTest(const Rules& rules = {.enabled = true}) { open(rules); }
  void open(const Rules& rules) { box.emplace(folder.path(), rules, board, clock); }
  void begin(StreamedSession& session, unsigned number = 3) {
    box->begin({.number = number, .door = "native", .device = "tv", .mode = "640x360@50"},
               session.shared, session.trace, kWireOffset);
  }
  Clip ready(const std::string& id) {
    EXPECT_TRUE(comes_true([&] {
      const auto clip = box->clips().find(id);
      return clip && clip->state != Clip::State::saving;
    }));
    const auto clip = box->clips().find(id);
    EXPECT_TRUE(clip);
    EXPECT_EQ(clip->state, Clip::State::ready) << clip->error;
    return *clip;
  }
  Clip saved(unsigned number = 3) {
    const auto clip = box->save(number);
    EXPECT_TRUE(clip) << clip.error().what;
    return clip ? ready(clip->id) : Clip{};
  }

  SetClock clock;
  HealthBoard board;
  Folder folder;
  std::optional<BlackBox> box;
};

void expect_numbers(const ReadClip& clip, std::uint32_t first, std::size_t count) {
  ASSERT_EQ(clip.pictures.size(), count);
  EXPECT_EQ(clip.errors, 0);
  EXPECT_TRUE(clip.pictures.front().key);
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_EQ(clip.pictures[i].number, first + i);
    EXPECT_EQ(clip.pictures[i].at, static_cast<std::int64_t>(i) * kPeriod);
  }
}

TEST_F(BlackBoxTest, AClipHasEachPictureFromTheFirstOnAtItsTimeAndTheSound) {
  StreamedSession session(clock, clock.now());
  session.set_sound({.codec = SoundFormat::Codec::opus, .layout = audio::kStereo});
  begin(session);
  session.frames(100);
  const Clip clip = saved();
  EXPECT_EQ(clip.frames, 100u);
  EXPECT_TRUE(clip.sound);
  EXPECT_EQ(clip.length_ms, 99 * 20);
  EXPECT_EQ(clip.session.mode, "640x360@50");
  EXPECT_EQ(clip.began_at_us, 1'700'001'000'000'000);
  struct stat facts {};
  ASSERT_EQ(stat(clip.path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  EXPECT_EQ(static_cast<std::uint64_t>(facts.st_size), clip.bytes);

  const ReadClip read = read_clip(clip.path);
  expect_numbers(read, 0, 100);
  EXPECT_EQ(read.width, kSize.width);
  EXPECT_EQ(read.height, kSize.height);
  EXPECT_NEAR(static_cast<double>(read.duration.count()), 99 * 20e6, 20e6);
  ASSERT_EQ(read.channels, 2);
  EXPECT_NEAR(loudness_at(read.sound[0], 440), 0.25, 0.03);
  EXPECT_NEAR(loudness_at(read.sound[1], 550), 0.25, 0.03);
  EXPECT_LT(loudness_at(read.sound[0], 550), 0.02);
  const auto trace = box->clips().trace(clip.id);
  ASSERT_TRUE(trace);
  EXPECT_NE(trace->find("\"frame 99\""), std::string::npos);
}

TEST_F(BlackBoxTest, ItReachesBackAsFarAsItIsTold) {
  box->set_rules({.enabled = true, .span = kPeriod * 40});
  StreamedSession session(clock, clock.now());
  begin(session);
  for (int i = 0; i < 200; ++i) {
    if (i % 30 == 0) session.steering.want_idr();
    session.frame();
  }
  // Of 199 - 40: the key frame before it is 150.
  expect_numbers(read_clip(saved().path), 150, 50);
}

TEST_F(BlackBoxTest, AnotherModeBeginsAnotherClip) {
  StreamedSession session(clock, clock.now());
  begin(session);
  session.frames(30);
  session.open({320, 180});
  session.frames(20);
  const Clip newest = saved();
  EXPECT_EQ(newest.session.mode, "320x180@50");
  expect_numbers(read_clip(newest.path), 30, 20);
  const auto all = box->clips().list();
  ASSERT_EQ(all.size(), 2u);
  const Clip older = ready(all.front().id == newest.id ? all.back().id : all.front().id);
  expect_numbers(read_clip(older.path), 0, 30);
}

TEST_F(BlackBoxTest, AnEncoderThatIsOpenedAnewInTheSameModeGoesOnInTheSameClip) {
  StreamedSession session(clock, clock.now());
  begin(session);
  session.frames(30);
  session.open(kSize);
  session.frames(20);
  const ReadClip read = read_clip(saved().path);
  expect_numbers(read, 0, 50);
  EXPECT_TRUE(read.pictures[30].key);
}

TEST_F(BlackBoxTest, SixChannelsComeOutOfTheirOwnSpeakers) {
  StreamedSession session(clock, clock.now());
  session.set_sound({.codec = SoundFormat::Codec::opus, .layout = audio::kSurround51});
  begin(session);
  session.frames(40);
  const ReadClip read = read_clip(saved().path);
  ASSERT_EQ(read.channels, 6);
  // libavcodec gives them in the order of WAV, which is ours.
  for (std::size_t c = 0; c < 6; ++c) {
    for (std::size_t tone = 0; tone < 6; ++tone) {
      const double heard = loudness_at(read.sound[c], 440.0 + 110.0 * double(tone));
      if (tone == c)
        EXPECT_GT(heard, 0.15) << "channel " << c;
      else
        EXPECT_LT(heard, 0.05) << "channel " << c << ", tone " << tone;
    }
  }
}

TEST_F(BlackBoxTest, LosslessSoundIsKeptAsItIs) {
  StreamedSession session(clock, clock.now());
  session.set_sound({.codec = SoundFormat::Codec::pcm, .layout = audio::kStereo, .bits = 16});
  begin(session);
  session.frames(40);
  const ReadClip read = read_clip(saved().path);
  ASSERT_EQ(read.channels, 2);
  EXPECT_NEAR(loudness_at(read.sound[1], 550), 0.25, 0.001);
}

TEST_F(BlackBoxTest, AGapInTheSoundIsAGapInTheClipAndNothingShifts) {
  StreamedSession session(clock, clock.now());
  session.set_sound({.codec = SoundFormat::Codec::opus, .layout = audio::kStereo});
  begin(session);
  session.frames(20);
  session.sounds = false;
  session.frames(20);
  session.sounds = true;
  session.frames(20);
  const ReadClip read = read_clip(saved().path);
  expect_numbers(read, 0, 60);
  ASSERT_EQ(read.sound_at.size(), 2u * 20 * 4);
  EXPECT_GE(read.sound_at[80] - read.sound_at[79], 20 * kPeriod);
}

TEST_F(BlackBoxTest, ASessionMayEndWhileItIsSaved) {
  StreamedSession session(clock, clock.now());
  begin(session);
  session.frames(50);
  const auto clip = box->save(3);
  box->end(3);
  ASSERT_TRUE(clip) << clip.error().what;
  expect_numbers(read_clip(ready(clip->id).path), 0, 50);
  EXPECT_FALSE(box->save(3));
  EXPECT_TRUE(box->sessions().empty());
}

TEST_F(BlackBoxTest, TheHostMayEndWhileItIsSavedAndTheNextOneFindsTheClip) {
  StreamedSession session(clock, clock.now());
  begin(session);
  session.frames(50);
  const auto clip = box->save(3);
  ASSERT_TRUE(clip);
  open({.enabled = true});
  const auto found = box->clips().find(clip->id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->state, Clip::State::ready);
  EXPECT_EQ(found->frames, 50u);
  EXPECT_EQ(found->session.device, "tv");
  expect_numbers(read_clip(found->path), 0, 50);
}

TEST_F(BlackBoxTest, WhatCannotBeSavedIsToldWithItsReason) {
  EXPECT_EQ(box->save(9).error().kind, ErrorKind::unavailable);
  StreamedSession session(clock, clock.now());
  begin(session);
  EXPECT_EQ(box->save(3).error().kind, ErrorKind::unavailable) << "nothing is kept yet";
  session.frames(3);
  box->set_rules({.enabled = false});
  EXPECT_EQ(box->save(3).error().kind, ErrorKind::refused);
  EXPECT_TRUE(box->clips().list().empty());
}

TEST_F(BlackBoxTest, SwitchedOffItForgetsAndSwitchedOnItBeginsWithTheNextKeyFrame) {
  using State = BoxStatus::State;
  StreamedSession session(clock, clock.now());
  begin(session);
  session.frames(50);
  ASSERT_TRUE(comes_true([&] { return box->sessions()[0].state == State::recording; }));
  box->set_rules({.enabled = false});
  EXPECT_EQ(box->sessions()[0].state, State::off);
  EXPECT_EQ(box->sessions()[0].bytes, 0u);
  session.frames(10);
  box->set_rules({.enabled = true});
  EXPECT_EQ(box->sessions()[0].state, State::waiting);
  session.frames(10);
  // The first picture finds that a key frame is wanted, the second is one.
  expect_numbers(read_clip(saved().path), 61, 9);
}

TEST_F(BlackBoxTest, OneSessionIsSavedOnceAtATimeAndThenAgain) {
  StreamedSession session(clock, clock.now());
  begin(session);
  session.frames(50);
  const auto first = box->save(3), second = box->save(3);
  ASSERT_TRUE(first);
  if (!second) {
    EXPECT_EQ(second.error().kind, ErrorKind::exhausted);
  }
  ready(first->id);
  ASSERT_TRUE(comes_true([&] { return box->save(3).has_value(); }));
}

TEST_F(BlackBoxTest, AFullDiskIsToldBeforeAnythingIsWrittenAndNothingIsLost) {
  StreamedSession session(clock, clock.now());
  begin(session);
  session.frames(50);
  const Clip before = saved();
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
  const rlim_t normal = limit.rlim_cur;
  limit.rlim_cur = 4096;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  const auto refused = box->save(3);
  limit.rlim_cur = normal;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().os_code, EFBIG);
  EXPECT_EQ(box->clips().list(), (std::vector<Clip>{before}));
  EXPECT_EQ(folder.files(), 3u);
  expect_numbers(read_clip(saved().path), 0, 50);
}

TEST_F(BlackBoxTest, AHitchIsSavedWithWhatFollowedItAndOnlyOnce) {
  box->set_rules({.enabled = true, .span = seconds(60), .save_on_hitch = true});
  StreamedSession session(clock, clock.now());
  begin(session);
  const auto go_on = [&](int frames) {
    session.frames(frames);
    clock.ns = session.at.ns();
  };
  go_on(60);
  session.at += milliseconds(300);
  go_on(60);
  EXPECT_TRUE(box->clips().list().empty());
  // It looks once a second by the clock, which goes on here, and saves three seconds later.
  ASSERT_TRUE(comes_true([&] {
    go_on(5);
    return !box->clips().list().empty();
  }));
  const Clip clip = ready(box->clips().list().front().id);
  EXPECT_EQ(clip.why, Clip::Why::hitch);
  EXPECT_GE(clip.frames, 60u + 2 * 50);
  session.at += milliseconds(300);
  go_on(300);
  const auto listed = box->clips().list();
  EXPECT_EQ(listed.size(), 1u) << "the next one comes when this one has left the memory";
}

TEST_F(BlackBoxTest, MemoryGoesBackWithTheSession) {
  StreamedSession session(clock, clock.now());
  begin(session);
  session.frames(200);
  ASSERT_TRUE(comes_true([&] { return box->sessions()[0].frames == 200; }));
  EXPECT_GE(box->sessions()[0].bytes, 1u << 20);
  box->set_rules({.enabled = true, .bytes = 32u << 20});
  EXPECT_LE(box->sessions()[0].bytes, 32u << 20);
  box->end(3);
  EXPECT_TRUE(box->sessions().empty());
  EXPECT_FALSE(session.shared->on());
}

}  // namespace
}  // namespace pf::blackbox
