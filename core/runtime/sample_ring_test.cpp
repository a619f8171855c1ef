#include "core/runtime/sample_ring.h"

#include <array>
#include <thread>

#include <gtest/gtest.h>

namespace pf {
namespace {

std::vector<float> stereo(int first, int count) {
  std::vector<float> samples;
  for (int i = first; i < first + count; ++i) {
    samples.push_back(static_cast<float>(i));
    samples.push_back(static_cast<float>(-i));
  }
  return samples;
}

TEST(SampleRing, GivesFramesInOrderAcrossTheWrap) {
  SampleRing ring(2, 8);
  std::array<float, 10> out{};
  for (int round = 0; round < 20; ++round) {
    ring.push(stereo(round * 5, 5));
    EXPECT_EQ(ring.size_frames(), 5u);
    ASSERT_EQ(ring.pop(out), 5u);
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(out[static_cast<std::size_t>(i) * 2], static_cast<float>(round * 5 + i));
      EXPECT_EQ(out[static_cast<std::size_t>(i) * 2 + 1], static_cast<float>(-(round * 5 + i)));
    }
  }
  EXPECT_EQ(ring.pop(out), 0u);
  EXPECT_EQ(ring.dropped_frames(), 0u);
}

TEST(SampleRing, LetsTheOldestFallOutAndCountsThem) {
  SampleRing ring(2, 8);
  ring.push(stereo(0, 6));
  ring.push(stereo(6, 6));
  EXPECT_EQ(ring.size_frames(), 8u);
  std::array<float, 32> out{};
  ASSERT_EQ(ring.pop(out), 8u);
  EXPECT_EQ(out[0], 4.0f);
  EXPECT_EQ(out[14], 11.0f);
  EXPECT_EQ(ring.dropped_frames(), 4u);
}

TEST(SampleRing, KeepsTheNewestOfAPushLargerThanItself) {
  SampleRing ring(2, 4);
  ring.push(stereo(0, 10));
  std::array<float, 8> out{};
  ASSERT_EQ(ring.pop(out), 4u);
  EXPECT_EQ(out[0], 6.0f);
  EXPECT_EQ(ring.dropped_frames(), 6u);
}

TEST(SampleRing, DiscardKeepsTheNewestThatWereAskedFor) {
  SampleRing ring(2, 8);
  ring.push(stereo(0, 8));
  ring.discard(3);
  std::array<float, 16> out{};
  ASSERT_EQ(ring.pop(out), 3u);
  EXPECT_EQ(out[0], 5.0f);
  ring.discard();
  EXPECT_EQ(ring.size_frames(), 0u);
  EXPECT_EQ(ring.dropped_frames(), 0u);
}

TEST(SampleRing, NeverTearsAFrameHoweverTheThreadsMeet) {
  SampleRing ring(2, 64);
  constexpr int kFrames = 200'000;
  std::atomic<bool> done{false};
  std::thread producer([&] {
    for (int i = 0; i < kFrames; i += 20) ring.push(stereo(i, 20));
    done.store(true);
  });
  std::array<float, 48> out{};
  float last = -1;
  std::uint64_t got_frames = 0;
  for (bool finished = false; !finished;) {
    finished = done.load();
    while (const std::size_t count = ring.pop(out)) {
      got_frames += count;
      for (std::size_t i = 0; i < count; ++i) {
        ASSERT_GT(out[2 * i], last);
        ASSERT_EQ(out[2 * i + 1], -out[2 * i]);
        last = out[2 * i];
      }
    }
  }
  producer.join();
  EXPECT_EQ(got_frames + ring.dropped_frames(), static_cast<std::uint64_t>(kFrames));
}

}  // namespace
}  // namespace pf
