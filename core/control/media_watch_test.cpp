#include "core/control/media_watch.h"

#include <vector>

#include <gtest/gtest.h>

namespace pf::control {
namespace {

constexpr LocalTime kStart{seconds(100)};

// A client in simulated time: what its watch says, and when.
struct World {
  MediaWatch watch;
  LocalTime now = kStart;
  std::uint64_t packets = 0;
  std::vector<Nanos> questions;  // since the start
  std::vector<MediaSilent> silences;
  std::vector<MediaBack> backs;

  World() { watch.start(now); }

  void turn() {
    if (watch.poll_question(now)) questions.push_back(now - kStart);
    while (const auto silent = watch.poll_silent(now)) silences.push_back(*silent);
    while (const auto back = watch.poll_back()) backs.push_back(*back);
  }
  // Nothing comes for so long.
  void wait(Nanos length) {
    const LocalTime end = now + length;
    for (auto due = watch.next_timeout(); due && *due < end; due = watch.next_timeout()) {
      now = std::max(now, *due);
      turn();
    }
    now = end;
    turn();
  }
  void packet() {
    watch.on_packets(++packets, now);
    turn();
  }
  void stream(Nanos length) {
    for (const LocalTime end = now + length; now < end;) {
      wait(milliseconds(16));
      packet();
    }
  }
  void host_gap() {
    watch.on_host_gap(now);
    turn();
  }
};

TEST(MediaWatch, SaysNothingWhilePicturesCome) {
  World world;
  world.stream(seconds(60));
  EXPECT_TRUE(world.questions.empty());
  EXPECT_TRUE(world.silences.empty());
}

TEST(MediaWatch, AsksForAKeyFrameThenTellsTheUserAndGoesOnAsking) {
  World world;
  world.stream(seconds(1));
  world.wait(seconds(10));
  ASSERT_EQ(world.silences.size(), 1u);
  EXPECT_EQ(world.silences[0].length, MediaWatch::kQuiet + MediaWatch::kAnswerTime);
  EXPECT_FALSE(world.silences[0].healing);
  EXPECT_EQ(world.questions.size(), 5u);
  world.packet();
  ASSERT_EQ(world.backs.size(), 1u);
  EXPECT_EQ(world.backs[0].length, seconds(10));
}

TEST(MediaWatch, AsksAStillScreenEverMoreSeldomAndBothersNobody) {
  World world;
  world.stream(seconds(1));
  for (int i = 0; i < 600; ++i) {  // ten minutes, in which the host answers each question
    const std::size_t before = world.questions.size();
    world.wait(seconds(1));
    if (world.questions.size() == before) continue;
    world.packet();
    world.wait(milliseconds(100));
    world.packet();  // the repeat of a still screen
    world.wait(milliseconds(400));
    world.packet();
  }
  EXPECT_TRUE(world.silences.empty());
  EXPECT_GE(world.questions.size(), 600u / 40);
  EXPECT_LE(world.questions.size(), 600u / 32 + 5);
}

TEST(MediaWatch, AsksSoonAgainAfterTheScreenHasMoved) {
  World world;
  for (int i = 0; i < 4; ++i) {
    world.wait(seconds(40));
    world.packet();
  }
  world.stream(seconds(10));
  const std::size_t before = world.questions.size();
  world.wait(MediaWatch::kQuiet + milliseconds(1));
  EXPECT_EQ(world.questions.size(), before + 1);
}

TEST(MediaWatch, BelievesAHostThatSaysItIsHealing) {
  World world;
  world.stream(seconds(1));
  for (int second = 0; second < 30; ++second) {
    world.wait(seconds(1));
    world.host_gap();
  }
  EXPECT_TRUE(world.questions.empty()) << "a key frame comes by itself";
  ASSERT_EQ(world.silences.size(), 1u);
  EXPECT_TRUE(world.silences[0].healing);
  EXPECT_EQ(world.silences[0].length, seconds(1));
  world.packet();
  EXPECT_EQ(world.backs.size(), 1u);
}

TEST(MediaWatch, AsksAHostThatHasStoppedSayingSo) {
  World world;
  world.stream(seconds(1));
  world.wait(seconds(1));
  world.host_gap();
  world.wait(seconds(10));
  EXPECT_FALSE(world.questions.empty());
  EXPECT_EQ(world.silences.size(), 1u);
}

TEST(MediaWatch, AShortGapOfTheHostIsNoNews) {
  World world;
  world.stream(seconds(1));
  world.wait(milliseconds(600));
  world.host_gap();  // it is over: pictures follow
  world.wait(milliseconds(50));
  world.packet();
  world.stream(seconds(1));
  EXPECT_TRUE(world.silences.empty());
  EXPECT_TRUE(world.backs.empty());
}

TEST(MediaWatch, TellsOfMediaThatNeverCame) {
  World world;
  world.wait(seconds(4));
  EXPECT_EQ(world.silences.size(), 1u);
}

}  // namespace
}  // namespace pf::control
