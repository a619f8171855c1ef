#include "core/video/frame_memory.h"

#include <cstring>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace pf::video {
namespace {

TEST(FrameMemory, TakesTheLowestPlaceThatFits) {
  FrameMemory memory(1024);
  auto a = memory.take(100), b = memory.take(100);
  ASSERT_TRUE(a && b);
  const auto* const first = a.begin;
  memory.give_back(a);
  EXPECT_EQ(memory.take(128).begin, first);
  EXPECT_EQ(memory.used_bytes(), 256u);
  EXPECT_FALSE(memory.take(1024));
}

TEST(FrameMemory, GrowsInPlaceOrMovesWithItsContents) {
  FrameMemory memory(1024);
  auto a = memory.take(64);
  a.begin[5] = std::byte{7};
  const auto* const first = a.begin;
  ASSERT_TRUE(memory.grow(a, 128));
  EXPECT_EQ(a.begin, first);
  auto b = memory.take(64);
  ASSERT_TRUE(memory.grow(a, 256));
  EXPECT_NE(a.begin, first);
  EXPECT_EQ(a.begin[5], std::byte{7});
  EXPECT_FALSE(memory.grow(b, 1000));
  EXPECT_EQ(b.bytes, 64u);
}

RC_GTEST_PROP(FrameMemory, ExtentsNeverOverlapAndAllComesBack, ()) {
  FrameMemory memory(8192);
  std::vector<FrameMemory::Extent> held;
  const auto steps =
      *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(1, 3000));
  for (const std::uint32_t step : steps) {
    const std::size_t at = held.empty() ? 0 : step % held.size();
    if (step % 4 == 0 && !held.empty()) {
      memory.give_back(held[at]);
      held.erase(held.begin() + static_cast<std::ptrdiff_t>(at));
    } else if (step % 4 == 1 && !held.empty()) {
      (void)memory.grow(held[at], step);
    } else if (auto extent = memory.take(step); extent) {
      RC_ASSERT(extent.bytes >= step);
      held.push_back(extent);
    }
    for (std::size_t i = 0; i < held.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        RC_ASSERT(held[i].begin + held[i].bytes <= held[j].begin ||
                  held[j].begin + held[j].bytes <= held[i].begin);
      }
    }
  }
  for (auto& extent : held) memory.give_back(extent);
  RC_ASSERT(memory.used_bytes() == 0u);
  RC_ASSERT(static_cast<bool>(memory.take(8192)));
}

}  // namespace
}  // namespace pf::video
