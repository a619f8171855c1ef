#include "host/blackbox/unit_queue.h"

#include <deque>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace pf::blackbox {
namespace {

constexpr std::size_t kCapacity = 4096;

// A byte that depends on which unit it is of, and where in it.
std::byte byte_of(std::uint64_t id, std::size_t at) {
  return static_cast<std::byte>(id * 31 + at * 7);
}

std::vector<std::byte> payload(std::uint64_t id, std::size_t bytes) {
  std::vector<std::byte> made(bytes);
  for (std::size_t i = 0; i < bytes; ++i) made[i] = byte_of(id, i);
  return made;
}

bool put(UnitQueue& queue, std::uint64_t id, std::size_t bytes, std::size_t parts = 1) {
  const auto all = payload(id, bytes);
  queue.begin();
  for (std::size_t i = 0; i < parts; ++i) {
    const std::size_t from = bytes * i / parts, to = bytes * (i + 1) / parts;
    queue.append(Bytes(all).subspan(from, to - from));
  }
  return queue.commit({.id = FrameId{id}});
}

struct Taken {
  UnitFacts facts;
  std::vector<std::byte> bytes;
};
std::vector<Taken> take_all(UnitQueue& queue) {
  std::vector<Taken> all;
  queue.drain([&](const UnitFacts& facts, Bytes first, Bytes second) {
    Taken taken{facts, {first.begin(), first.end()}};
    taken.bytes.insert(taken.bytes.end(), second.begin(), second.end());
    all.push_back(std::move(taken));
  });
  return all;
}

RC_GTEST_PROP(UnitQueue, GivesBackWhatFittedInOrderHoweverItWraps, ()) {
  UnitQueue queue(kCapacity);
  std::deque<std::pair<std::uint64_t, std::size_t>> expected;
  std::size_t waiting_bytes = 0;
  bool gap = false;
  std::deque<bool> gaps;
  std::uint64_t id = 0;
  for (int i = *rc::gen::inRange(1, 60); i > 0; --i) {
    const auto bytes = *rc::gen::inRange<std::size_t>(1, 1800);
    const auto parts = *rc::gen::inRange<std::size_t>(1, 5);
    const bool fits = waiting_bytes + sizeof(UnitFacts) + bytes <= kCapacity;
    RC_ASSERT(put(queue, id, bytes, parts) == fits);
    if (fits) {
      expected.emplace_back(id, bytes);
      gaps.push_back(std::exchange(gap, false));
      waiting_bytes += sizeof(UnitFacts) + bytes;
    } else {
      gap = true;
    }
    ++id;
    if (*rc::gen::inRange(0, 3) != 0) continue;
    const auto taken = take_all(queue);
    RC_ASSERT(taken.size() == expected.size());
    for (const Taken& one : taken) {
      RC_ASSERT(value(one.facts.id) == expected.front().first);
      RC_ASSERT(one.facts.bytes == expected.front().second);
      RC_ASSERT(one.facts.after_gap == gaps.front());
      RC_ASSERT(one.bytes == payload(expected.front().first, expected.front().second));
      expected.pop_front();
      gaps.pop_front();
    }
    waiting_bytes = 0;
  }
}

TEST(UnitQueue, AUnitThatWasNeverFinishedIsForgotten) {
  UnitQueue queue(kCapacity);
  queue.begin();
  queue.append(payload(1, 100));
  EXPECT_TRUE(put(queue, 2, 50));
  const auto taken = take_all(queue);
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(value(taken[0].facts.id), 2u);
  EXPECT_EQ(taken[0].bytes, payload(2, 50));
}

TEST(UnitQueue, AUnitWithoutAnythingInItIsNone) {
  UnitQueue queue(kCapacity);
  queue.begin();
  EXPECT_FALSE(queue.commit({}));
  EXPECT_TRUE(take_all(queue).empty());
}

TEST(UnitQueue, CarriesUnitsFromThreadToThread) {
  UnitQueue queue(kCapacity);
  constexpr std::uint64_t kUnits = 20'000;
  std::uint64_t left_out = 0;
  std::atomic<bool> written{false};
  std::thread writer([&] {
    for (std::uint64_t id = 0; id < kUnits; ++id) left_out += put(queue, id, 1 + id % 700) ? 0 : 1;
    written = true;
  });
  std::uint64_t next = 0, seen = 0;
  bool whole = true, told = true;
  const auto take = [&](const UnitFacts& facts, Bytes first, Bytes second) {
    const std::uint64_t id = value(facts.id);
    whole = whole && facts.bytes == 1 + id % 700;
    std::size_t at = 0;
    for (const Bytes piece : {first, second})
      for (const std::byte byte : piece) whole = whole && byte == byte_of(id, at++);
    told = told && facts.after_gap == (id != next);
    next = id + 1;
    ++seen;
  };
  while (!written) queue.drain(take);
  writer.join();
  queue.drain(take);
  EXPECT_TRUE(whole);
  EXPECT_TRUE(told);
  EXPECT_EQ(seen + left_out, kUnits);
}

}  // namespace
}  // namespace pf::blackbox
