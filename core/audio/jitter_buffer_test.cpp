#include "core/audio/jitter_buffer.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "core/base/rng.h"

namespace pf::audio {
namespace {

using Put = JitterBuffer::Put;
using Kind = JitterBuffer::Taken::Kind;

struct Buffer : ::testing::Test {
  JitterBuffer buffer;

  Put put(std::uint32_t sequence, std::size_t bytes = 4) {
    std::vector<std::byte> content(bytes, static_cast<std::byte>(sequence));
    return buffer.put({.sequence = sequence, .pts = WireTime(Nanos(sequence)), .bytes = content});
  }
  void expect_packet(std::uint32_t sequence) {
    const auto taken = buffer.take();
    ASSERT_EQ(taken.kind, Kind::packet);
    EXPECT_EQ(taken.packet.sequence, sequence);
    EXPECT_EQ(taken.packet.pts, WireTime(Nanos(sequence)));
    ASSERT_EQ(taken.packet.bytes.size(), 4u);
    EXPECT_EQ(taken.packet.bytes[0], static_cast<std::byte>(sequence));
  }
};

TEST_F(Buffer, GivesPacketsInTheirOrderAcrossTheWrap) {
  for (const std::uint32_t sequence : {4294967294u, 0u, 4294967295u, 2u, 1u})
    EXPECT_EQ(put(sequence), Put::kept);
  EXPECT_EQ(buffer.waiting(), 5u);
  for (const std::uint32_t sequence : {4294967294u, 4294967295u, 0u, 1u, 2u})
    expect_packet(sequence);
  EXPECT_EQ(buffer.take().kind, Kind::nothing);
}

TEST_F(Buffer, TellsMissingFromNothing) {
  put(1);
  put(3);
  expect_packet(1);
  const auto missing = buffer.take();
  EXPECT_EQ(missing.kind, Kind::missing);
  EXPECT_EQ(missing.packet.sequence, 2u);
  EXPECT_EQ(put(2), Put::late);
  expect_packet(3);
  EXPECT_EQ(buffer.take().kind, Kind::nothing);
  EXPECT_EQ(put(4), Put::kept);
  expect_packet(4);
}

TEST_F(Buffer, KeepsOneOfEach) {
  EXPECT_EQ(put(1), Put::kept);
  EXPECT_EQ(put(1), Put::duplicate);
  expect_packet(1);
  EXPECT_EQ(put(1), Put::late);
  EXPECT_EQ(put(2, JitterBuffer::kMaxPacketBytes + 1), Put::oversized);
  EXPECT_EQ(put(2, JitterBuffer::kMaxPacketBytes), Put::kept);
}

TEST_F(Buffer, TheOldestGiveWayWhenItIsFull) {
  for (std::uint32_t i = 0; i < JitterBuffer::kMaxPackets + 5; ++i) EXPECT_EQ(put(i), Put::kept);
  EXPECT_EQ(buffer.waiting(), JitterBuffer::kMaxPackets);
  expect_packet(5);
  buffer.drop_until(2);
  EXPECT_EQ(buffer.waiting(), 2u);
  expect_packet(JitterBuffer::kMaxPackets + 3);
}

TEST_F(Buffer, SkipsWhatIsMissingUpToAPacketThatIsThere) {
  put(1);
  put(9);
  expect_packet(1);
  buffer.skip_missing();
  expect_packet(9);
  buffer.skip_missing();
  EXPECT_EQ(buffer.take().kind, Kind::nothing);
}

TEST_F(Buffer, AStrangeNumberIsBelievedWhenItIsOneOfARow) {
  put(1);
  EXPECT_EQ(put(1'000'000), Put::stranger);
  EXPECT_EQ(put(2), Put::kept);
  EXPECT_EQ(put(3'000'000'000), Put::stranger);
  EXPECT_EQ(put(9'000'000), Put::stranger);
  EXPECT_EQ(put(9'000'001), Put::stranger);
  EXPECT_EQ(put(9'000'002), Put::restarted);
  EXPECT_EQ(buffer.waiting(), 1u);
  expect_packet(9'000'002);
  EXPECT_EQ(put(9'000'003), Put::kept);
  EXPECT_EQ(put(2), Put::stranger);
}

TEST(JitterBuffer, WhateverComesEachPacketIsGivenAtMostOnceAndInOrder) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SeededRng rng(seed);
    JitterBuffer buffer;
    auto base = static_cast<std::uint32_t>(rng.next());
    std::optional<std::uint32_t> before;
    for (int i = 0; i < 2'000; ++i) {
      base += static_cast<std::uint32_t>(rng.below(3));
      const auto number = rng.below(50) == 0 ? rng.next() : base - 20 + rng.below(40);
      const auto put =
          buffer.put({.sequence = static_cast<std::uint32_t>(number), .pts = {}, .bytes = {}});
      if (put == Put::restarted) before.reset();
      ASSERT_LE(buffer.waiting(), JitterBuffer::kMaxPackets);
      if (rng.below(2) == 0) continue;
      const auto taken = buffer.take();
      if (taken.kind == Kind::nothing) continue;
      if (before) {
        ASSERT_EQ(taken.packet.sequence - *before - 1 < JitterBuffer::kMaxPackets, true);
      }
      before = taken.packet.sequence;
    }
  }
}

}  // namespace
}  // namespace pf::audio
