#include "core/video/packet_arena.h"

#include <deque>
#include <thread>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/base/rng.h"
#include "core/runtime/fifo.h"

namespace pf::video {
namespace {

TEST(PacketArena, HandsOutRunsUntilFullAndAgainAfterRelease) {
  PacketArena arena(64 * 10);
  const auto a = arena.take(4, 64);
  const auto b = arena.take(4, 64);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(b->base, a->base + 256);
  EXPECT_FALSE(arena.take(4, 64));
  arena.release_oldest();
  EXPECT_TRUE(arena.take(3, 64));  // in front of b
}

TEST(PacketArena, BeginsAtItsStartWheneverItIsEmpty) {
  PacketArena arena(64 * 10);
  const auto a = arena.take(4, 64);
  arena.release_oldest();
  const auto b = arena.take(10, 64);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->base, b->base);
}

TEST(PacketArena, WhatIsTrimmedIsFreeAtOnce) {
  PacketArena arena(64 * 10);
  auto worst = arena.take(10, 64);
  ASSERT_TRUE(worst);
  EXPECT_FALSE(arena.has_room(1, 64));
  arena.trim_newest(*worst, 2);
  EXPECT_EQ(worst->count, 2u);
  auto next = arena.take(8, 64);
  ASSERT_TRUE(next);
  arena.trim_newest(*next, 0);
  EXPECT_TRUE(arena.has_room(8, 64));
}

TEST(PacketArena, IsSharedByTwoThreads) {
  PacketArena arena(64 * 100);
  Fifo<PacketRun, 64> sent;
  std::thread producer([&] {
    SeededRng rng(1);
    for (std::uint32_t i = 0; i < 2000;) {
      auto run = arena.take(30, 64);
      if (!run) {
        std::this_thread::yield();
        continue;
      }
      arena.trim_newest(*run, static_cast<std::uint32_t>(1 + rng.below(30)));
      for (std::uint32_t j = 0; j < run->count; ++j) run->packet(j)[0] = static_cast<std::byte>(i);
      while (!sent.try_push(PacketRun(*run))) std::this_thread::yield();
      ++i;
    }
  });
  for (std::uint32_t i = 0; i < 2000;) {
    const auto run = sent.try_pop();
    if (!run) {
      std::this_thread::yield();
      continue;
    }
    for (std::uint32_t j = 0; j < run->count; ++j)
      EXPECT_EQ(run->packet(j)[0], static_cast<std::byte>(i));
    arena.release_oldest();
    ++i;
  }
  producer.join();
}

RC_GTEST_PROP(PacketArena, NeverHandsOutAByteTwice, ()) {
  PacketArena arena(4096);
  std::deque<std::pair<std::byte*, std::byte*>> held;
  const auto steps =
      *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(0, 30));
  for (const std::uint32_t step : steps) {
    if (step % 3 == 0 && !held.empty()) {
      arena.release_oldest();
      held.pop_front();
      continue;
    }
    const bool expected = arena.has_room(step + 1, 50);
    auto run = arena.take(step + 1, 50);
    RC_ASSERT(run.has_value() == expected);
    if (!run) continue;
    arena.trim_newest(*run, step / 2 + 1);
    std::byte* const end = run->base + run->bytes();
    for (const auto& [other_begin, other_end] : held)
      RC_ASSERT(end <= other_begin || run->base >= other_end);
    held.emplace_back(run->base, end);
  }
}

}  // namespace
}  // namespace pf::video
