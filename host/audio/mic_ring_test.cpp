#include "host/audio/mic_ring.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace pf::audio {
namespace {

constexpr double kTwoPi = 6.283185307179586;
constexpr double kRate = 48'000;

// A speaker and a recorder with clocks of their own, in simulated time.
class World {
 public:
  std::size_t packet_frames = 480;
  std::size_t quantum = 256;
  double speaker_ppm = 0;  // the speaker's clock is faster by so much
  std::function<Nanos(int packet)> delay = [](int) { return Nanos(0); };
  std::function<bool(LocalTime)> speaks = [](LocalTime) { return true; };
  std::function<bool(LocalTime)> records = [](LocalTime) { return true; };
  MicRing ring;
  std::vector<float> heard;
  LocalTime now;

  void run(Nanos length) {
    const LocalTime end = now + length;
    std::vector<float> block(quantum);
    while (now < end) {
      while (arrival(sent_) <= now) send();
      if (records(now)) {
        ring.pull(block, now);
        heard.insert(heard.end(), block.begin(), block.end());
      }
      pulled_frames_ += static_cast<double>(quantum);
      now = LocalTime(Nanos(static_cast<std::int64_t>(pulled_frames_ * 1e9 / kRate)));
    }
  }

 private:
  LocalTime arrival(int packet) const {
    const double at_s =
        (packet + 1) * static_cast<double>(packet_frames) / (kRate * (1 + speaker_ppm * 1e-6));
    return LocalTime(Nanos(static_cast<std::int64_t>(at_s * 1e9)) + delay(packet));
  }
  void send() {
    std::vector<float> tone(packet_frames);
    const auto begin = static_cast<double>(sent_) * static_cast<double>(packet_frames);
    for (std::size_t i = 0; i < packet_frames; ++i)
      tone[i] = 0.5F * static_cast<float>(
                           std::sin(kTwoPi * 440 * (begin + static_cast<double>(i)) / kRate));
    if (speaks(arrival(sent_))) ring.push(tone, arrival(sent_));
    ++sent_;
  }

  int sent_ = 0;
  double pulled_frames_ = 0;
};

// Runs of at least 1 ms without sound, in frames, after the first sound.
std::size_t silent_frames(const std::vector<float>& heard) {
  std::size_t silent = 0, run = 0;
  bool begun = false;
  for (const float sample : heard) {
    if (std::abs(sample) > 1e-3F) {
      if (run >= 48) silent += run;
      run = 0;
      begun = true;
    } else if (begun) {
      ++run;
    }
  }
  return silent + run;
}

// The greatest step between neighbours: 0.0288 for the tone itself.
float steepest(const std::vector<float>& heard) {
  float most = 0;
  for (std::size_t i = 1; i < heard.size(); ++i)
    most = std::max(most, std::abs(heard[i] - heard[i - 1]));
  return most;
}

TEST(MicRing, PlaysEverySampleWhateverPacketsAndQuantaAre) {
  for (const std::size_t packet : {120u, 240u, 480u, 960u, 2'880u}) {
    for (const std::size_t quantum : {64u, 256u, 1'024u, 2'048u}) {
      World world;
      world.packet_frames = packet;
      world.quantum = quantum;
      world.run(seconds(2));
      EXPECT_EQ(silent_frames(world.heard), 0u) << packet << '/' << quantum;
      EXPECT_LT(steepest(world.heard), 0.03F) << packet << '/' << quantum;
      EXPECT_EQ(world.ring.counts().dry_spells, 0u);
    }
  }
}

TEST(MicRing, WaitsForAboutThreeQuanta) {
  World world;
  world.packet_frames = 240;
  world.quantum = 1'024;
  world.run(seconds(1));
  const auto first = std::find_if(world.heard.begin(), world.heard.end(),
                                  [](float sample) { return sample != 0; });
  EXPECT_NEAR(static_cast<double>(first - world.heard.begin()), 3 * 1'024 + 480, 1'025);
}

TEST(MicRing, FollowsAClockThatDriftsWithoutAClick) {
  for (const double ppm : {-500.0, 500.0}) {
    World world;
    world.speaker_ppm = ppm;
    world.run(seconds(100));
    EXPECT_EQ(silent_frames(world.heard), 0u) << ppm;
    EXPECT_LT(steepest(world.heard), 0.031F) << ppm;
    EXPECT_EQ(world.ring.counts().cut_frames, 0u) << ppm;
    EXPECT_LT(world.ring.waiting_frames(), 2'400u) << ppm;
  }
}

TEST(MicRing, LearnsHowUnevenlyPacketsCome) {
  World world;
  world.delay = [](int packet) { return milliseconds(packet % 7 == 0 ? 30 : 0); };
  world.run(seconds(5));
  world.heard.clear();
  world.run(seconds(20));
  EXPECT_LT(static_cast<double>(silent_frames(world.heard)),
            0.004 * static_cast<double>(world.heard.size()));
}

TEST(MicRing, CutsWhatAStallHasPiledUp) {
  World world;
  world.delay = [](int packet) {
    // The network holds back 600 ms and then lets all of it through.
    return packet >= 100 && packet < 160 ? milliseconds(10) * (160 - packet) : Nanos(0);
  };
  world.run(seconds(3));
  EXPECT_GT(world.ring.counts().cut_frames, 0u);
  EXPECT_LT(world.ring.waiting_frames(), 2'400u);
}

TEST(MicRing, ANewRecorderHearsNothingOlderThanASecond) {
  World world;
  world.records = [](LocalTime now) { return now > LocalTime(seconds(5)); };
  world.run(seconds(4));
  EXPECT_FALSE(world.ring.heard(world.now));
  world.run(seconds(3));
  EXPECT_TRUE(world.ring.heard(world.now));
  EXPECT_LT(world.ring.waiting_frames(), 2'400u);

  World quiet;  // who was spoken to long ago
  quiet.speaks = [](LocalTime at) { return at < LocalTime(seconds(1)); };
  quiet.records = [](LocalTime now) { return now > LocalTime(seconds(3)); };
  quiet.run(seconds(5));
  EXPECT_TRUE(std::all_of(quiet.heard.begin(), quiet.heard.end(), [](float s) { return s == 0; }));
}

TEST(MicRing, DiscardIsSilenceWithoutAClick) {
  World world;
  world.run(seconds(1));
  world.ring.discard();
  world.speaks = [](LocalTime) { return false; };
  const std::size_t before = world.heard.size();
  world.run(seconds(1));
  EXPECT_LT(steepest(world.heard), 0.03F);
  EXPECT_TRUE(std::all_of(world.heard.begin() + static_cast<std::ptrdiff_t>(before) + 256,
                          world.heard.end(), [](float sample) { return sample == 0; }));
}

TEST(MicRing, APauseBetweenSentencesIsNotUnevenness) {
  World world;
  world.speaks = [](LocalTime at) { return (at.since_epoch() / seconds(1)) % 2 == 0; };
  world.run(seconds(20));
  EXPECT_EQ(world.ring.counts().dry_spells, 0u);
  EXPECT_LT(steepest(world.heard), 0.03F);
}

RC_GTEST_PROP(MicRing, SurvivesAnyPatternOfCalls, ()) {
  MicRing ring;
  LocalTime now;
  std::vector<float> samples(3'000, 0.5F);
  for (int i = 0; i < 50; ++i) {
    now += Nanos(*rc::gen::inRange<std::int64_t>(0, 50'000'000));
    const std::span<float> some(samples.data(), *rc::gen::inRange<std::size_t>(0, 3'000));
    switch (*rc::gen::inRange(0, 8)) {
      case 0:
        ring.discard();
        break;
      case 1:
      case 2:
      case 3:
        std::fill(some.begin(), some.end(), 0.5F);
        ring.push(some, now);
        break;
      default:
        ring.pull(some, now);
        for (const float sample : some) RC_ASSERT(std::abs(sample) <= 0.5001F);
    }
  }
}

}  // namespace
}  // namespace pf::audio
