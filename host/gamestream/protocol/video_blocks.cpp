#include "host/gamestream/protocol/video_blocks.h"

#include <algorithm>

namespace pf::gamestream {
namespace {

constexpr std::uint32_t divide_up(std::uint32_t value, std::uint32_t by) noexcept {
  return (value + by - 1) / by;
}

}  // namespace

std::optional<FrameBlocks> FrameBlocks::of(std::uint32_t packets, std::uint32_t percent,
                                           std::uint32_t min_parity) noexcept {
  const std::uint32_t most_data = kMaxProtectedShards * 100 / (100 + percent);
  FrameBlocks blocks;
  blocks.packets_ = packets;
  blocks.percent_ = percent;
  blocks.min_parity_ = min_parity;
  blocks.count_ = divide_up(packets, most_data);
  if (blocks.count_ > kMaxBlocks) {
    blocks.count_ = kMaxBlocks;
    blocks.percent_ = 0;
  }
  blocks.per_block_ = divide_up(packets, blocks.count_);
  if (blocks.per_block_ > kMaxBlockPackets) return std::nullopt;
  // Rounding up may leave nothing for the last block.
  blocks.count_ = divide_up(packets, blocks.per_block_);
  return blocks;
}

BlockShape FrameBlocks::shape(std::uint32_t block) const noexcept {
  const std::uint32_t data = std::min(per_block_, packets_ - block * per_block_);
  if (percent_ == 0) return {.data_count = static_cast<std::uint16_t>(data)};
  std::uint32_t percent = percent_;
  std::uint32_t parity = divide_up(data * percent, 100);
  if (parity < min_parity_) {
    // The percentage has eight bits, so few data packets bear few parity packets. It is rounded
    // down, and the client computes from what is left of it.
    percent = 100 * std::min(min_parity_, data * 255 / 100) / data;
    parity = divide_up(data * percent, 100);
  }
  return {.data_count = static_cast<std::uint16_t>(data),
          .parity_count = static_cast<std::uint16_t>(parity),
          .percent = static_cast<std::uint8_t>(percent)};
}

}  // namespace pf::gamestream
