#include "host/recorder/row_ring.h"

#include <gtest/gtest.h>

#include <thread>

#include "host/recorder/session_trace.h"
#include "testing/no_alloc.h"
#include "testing/no_lock.h"

namespace pf::recorder {
namespace {

struct Pair {  // its halves tell whether it is whole
  std::uint64_t number = 0, twice = 0;
};
Pair pair_of(std::uint64_t number) { return {.number = number, .twice = 2 * number}; }

TEST(RowRing, GivesWhatWasAddedOldestFirst) {
  RowRing<Pair> ring;
  EXPECT_TRUE(ring.rows().empty());
  for (std::uint64_t i = 0; i < 5; ++i) ring.add(pair_of(i));
  const auto all = ring.rows();
  ASSERT_EQ(all.size(), 5u);
  for (std::uint64_t i = 0; i < 5; ++i) EXPECT_EQ(all[i].number, i);
  EXPECT_EQ(ring.rows(3).size(), 2u);
  EXPECT_TRUE(ring.rows(5).empty());
}

TEST(RowRing, ForgetsTheOldest) {
  RowRing<Pair> ring;
  constexpr std::uint64_t kAdded = RowRing<Pair>::kMaxRows + 10;
  for (std::uint64_t i = 0; i < kAdded; ++i) ring.add(pair_of(i));
  const auto all = ring.rows();
  ASSERT_EQ(all.size(), RowRing<Pair>::kMaxRows);
  EXPECT_EQ(all.front().number, 10u);
  EXPECT_EQ(all.back().number, kAdded - 1);
}

// The writer laps the reader many times meanwhile: what is given is whole and in order all the
// same.
TEST(RowRing, NeverGivesHalfARowWhileItIsWritten) {
  RowRing<Pair> ring;
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < 20 * RowRing<Pair>::kMaxRows; ++i) ring.add(pair_of(i));
    done = true;
  });
  std::uint64_t reads = 0;
  do {
    std::uint64_t before = 0;
    for (const Pair& pair : ring.rows()) {
      ASSERT_EQ(pair.twice, 2 * pair.number);
      ASSERT_GE(pair.number, before);
      before = pair.number + 1;
    }
    ++reads;
  } while (!done);
  writer.join();
  EXPECT_GT(reads, 0u);
}

TEST(SessionTrace, TakesNoMemoryAndNoLockForAFrame) {
  SessionTrace trace;
  trace.add(FrameRow{});
  const testing::AllocationCount allocations;
  const testing::LockCount locks;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    trace.add(PictureRow{.id = FrameId{i}});
    trace.add(FrameRow{.id = FrameId{i}});
    trace.add(ClientRow{.captured = LocalTime(Nanos(1))});
    trace.add(LossRow{});
  }
  EXPECT_EQ(allocations.now(), 0u);
  EXPECT_EQ(locks.now(), 0u);
  EXPECT_EQ(trace.frames().added(), 100'001u);
}

}  // namespace
}  // namespace pf::recorder
