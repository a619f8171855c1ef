// Recovery while a block still arrives. What blocks and frames are otherwise: reassembler_test.cpp.
#include "core/video/frame_assembly.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/base/rng.h"
#include "core/fec/gf16_codec.h"

namespace pf::video {
namespace {

constexpr std::uint16_t kShardBytes = 66;

// The codec itself, and how many data shards' worth it was made to work through so far.
class WatchedCodec final : public fec::FecCodec {
 public:
  bool supports(const fec::ShardBlock& block) const noexcept override {
    return codec_.supports(block);
  }
  void encode(const fec::ShardBlock& block) noexcept override { codec_.encode(block); }
  bool recover(const fec::ShardBlock& block,
               std::span<const std::uint8_t> present) noexcept override {
    ++recovered_whole_;
    return codec_.recover(block, present);
  }
  std::optional<fec::Absorption> absorption(const fec::ShardBlock& block) const noexcept override {
    return codec_.absorption(block);
  }
  void begin_absorbing(const fec::ShardBlock& block, std::byte* memory) noexcept override {
    codec_.begin_absorbing(block, memory);
  }
  void absorb(const fec::ShardBlock& block, std::span<const std::uint8_t> present,
              std::uint32_t group, std::byte* memory) noexcept override {
    absorbed_shards_ += codec_.absorption(block)->group_shards;
    codec_.absorb(block, present, group, memory);
  }
  bool recover_absorbed(const fec::ShardBlock& block, std::span<const std::uint8_t> present,
                        std::byte* memory) noexcept override {
    ++recovered_in_steps_;
    return codec_.recover_absorbed(block, present, memory);
  }

  std::uint64_t absorbed_shards() const { return absorbed_shards_; }
  int recovered_whole() const { return recovered_whole_; }
  int recovered_in_steps() const { return recovered_in_steps_; }

 private:
  fec::Gf16Codec codec_{{2000, 1800}};
  std::uint64_t absorbed_shards_ = 0;
  int recovered_whole_ = 0;
  int recovered_in_steps_ = 0;
};

// A frame of one block, and the assembly it goes through.
class World {
 public:
  World(std::uint32_t data_count, std::uint32_t parity_count, std::uint64_t seed,
        std::size_t memory_bytes = 4 << 20)
      : memory_(memory_bytes),
        shards_((std::size_t{data_count} + parity_count) * kShardBytes),
        header_{.frame_bytes = data_count * kShardBytes,
                .block_count = 1,
                .data_count = static_cast<std::uint16_t>(data_count),
                .parity_count = static_cast<std::uint16_t>(parity_count),
                .shard_bytes = kShardBytes,
                .totals_known = true} {
    SeededRng(seed).fill(std::span(shards_).first(data_count * std::size_t{kShardBytes}));
    fec::Gf16Codec({data_count, parity_count})
        .encode({.data = shards_.data(),
                 .parity = shards_.data() + data_count * std::size_t{kShardBytes},
                 .stride = kShardBytes,
                 .shard_bytes = kShardBytes,
                 .data_count = header_.data_count,
                 .parity_count = header_.parity_count});
    assembly_.begin(header_);
  }
  ~World() {
    assembly_.clear(memory_);
    EXPECT_EQ(memory_.used_bytes(), 0u);
  }
  ShardOutcome add(std::uint32_t index) {
    header_.shard_index = static_cast<std::uint16_t>(index);
    return assembly_.add(
        {header_, Bytes(shards_).subspan(index * std::size_t{kShardBytes}, kShardBytes)}, codec_,
        memory_);
  }
  void add(std::uint32_t first, std::uint32_t end) {
    for (std::uint32_t i = first; i < end; ++i) EXPECT_EQ(add(i), ShardOutcome::stored);
  }
  std::uint32_t shard_count() const {
    return std::uint32_t{header_.data_count} + header_.parity_count;
  }
  bool complete() const { return assembly_.complete(); }
  // Of a complete frame.
  bool is_what_was_sent() {
    FrameMemory::Extent whole = assembly_.hand_over(memory_);
    const bool same = std::equal(whole.begin, whole.begin + header_.frame_bytes, shards_.begin());
    memory_.give_back(whole);
    return same;
  }
  const WatchedCodec& codec() const { return codec_; }
  FrameMemory& memory() { return memory_; }

 private:
  FrameMemory memory_;
  std::vector<std::byte> shards_;
  message::PacketHeader header_;
  WatchedCodec codec_;
  FrameAssembly assembly_;
};

TEST(FrameAssembly, WorksThroughNothingWhileNothingIsLost) {
  World world(1000, 200, 1);
  world.add(0, 1000);
  EXPECT_TRUE(world.complete());
  EXPECT_EQ(world.codec().absorbed_shards(), 0u);
  EXPECT_TRUE(world.is_what_was_sent());
}

TEST(FrameAssembly, HasWorkedThroughAllGroupsWhenTheLastShardNeededComes) {
  World world(1000, 200, 2);
  world.add(0, 300);
  EXPECT_EQ(world.codec().absorbed_shards(), 0u);
  world.add(302, 512);
  EXPECT_EQ(world.codec().absorbed_shards(), 0u) << "its group may still become whole";
  world.add(512, 513);
  EXPECT_EQ(world.codec().absorbed_shards(), 2 * 256u);
  world.add(513, 1000);
  world.add(1001, 1002);
  EXPECT_EQ(world.codec().absorbed_shards(), 4 * 256u);
  EXPECT_FALSE(world.complete());
  world.add(1100, 1101);
  EXPECT_EQ(world.codec().absorbed_shards(), 4 * 256u);
  EXPECT_EQ(world.codec().recovered_in_steps(), 1);
  ASSERT_TRUE(world.complete());
  EXPECT_TRUE(world.is_what_was_sent());
}

TEST(FrameAssembly, RecoversSmallBlocksWhole) {
  World world(50, 10, 3);
  world.add(1, 51);
  ASSERT_TRUE(world.complete());
  EXPECT_EQ(world.codec().recovered_whole(), 1);
  EXPECT_TRUE(world.is_what_was_sent());
}

TEST(FrameAssembly, LeavesMemoryThatFramesMayNeedAlone) {
  World world(1000, 200, 4, 1200 * kShardBytes + 4096);
  world.add(3, 1003);
  ASSERT_TRUE(world.complete());
  EXPECT_EQ(world.codec().recovered_whole(), 1);
  EXPECT_EQ(world.codec().absorbed_shards(), 0u);
  EXPECT_TRUE(world.is_what_was_sent());
}

// In whatever order, with whatever missing: the same bytes, and work in proportion to what came.
TEST(FrameAssembly, GivesTheSameBytesForAnyOrderLossAndRepetition) {
  rc::check([] {
    const auto k = *rc::gen::inRange<std::uint32_t>(100, 700);
    const auto m = *rc::gen::inRange<std::uint32_t>(2, k);
    SeededRng rng(*rc::gen::arbitrary<std::uint64_t>());
    World world(k, m, rng.below(1000));
    std::vector<std::uint32_t> order(world.shard_count());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    for (std::uint64_t lost = rng.below(m + 1); lost > 0; --lost)
      order.erase(order.begin() + static_cast<std::ptrdiff_t>(rng.below(order.size())));
    const std::uint64_t swaps = rng.below(3) * k / 8;
    for (std::uint64_t i = 0; i < swaps; ++i)
      std::swap(order[rng.below(order.size())], order[rng.below(order.size())]);
    std::uint32_t came = 0;
    for (std::size_t at = 0; !world.complete(); ++at) {
      RC_ASSERT(at < order.size());
      RC_ASSERT(world.add(order[at]) == ShardOutcome::stored);
      ++came;
      if (rng.below(8) == 0 && !world.complete())
        RC_ASSERT(world.add(order[rng.below(at + 1)]) == ShardOutcome::duplicate);
      RC_ASSERT(world.codec().absorbed_shards() <= 2 * came);
    }
    RC_ASSERT(came == k);
    RC_ASSERT(world.is_what_was_sent());
  });
}

// One shard of a large block, then one of its parity: nothing to work through for so little.
TEST(FrameAssembly, CannotBeMadeToWorkForShardsThatNeverCame) {
  World world(2000, 1700, 5);
  EXPECT_EQ(world.add(0), ShardOutcome::stored);
  EXPECT_EQ(world.add(3000), ShardOutcome::stored);
  EXPECT_EQ(world.codec().absorbed_shards(), 0u);
}

}  // namespace
}  // namespace pf::video
