#include "core/video/frame_geometry.h"

#include <algorithm>

#include "core/base/check.h"

namespace pf::video {
namespace {

std::uint16_t bounded_parity(std::uint32_t data_count, const BlockRules& rules,
                             std::uint8_t percent) noexcept {
  const std::uint32_t agreed =
      rules.max_data_count + parity_for(rules.max_data_count, rules.agreed_percent);
  const std::uint32_t most = std::min<std::uint32_t>(agreed, rules.max_shard_count);
  if (most <= data_count) return 0;
  return static_cast<std::uint16_t>(std::min(parity_for(data_count, percent), most - data_count));
}

}  // namespace

FrameGeometry::FrameGeometry(std::uint32_t frame_bytes, std::uint16_t shard_bytes,
                             const BlockRules& rules, std::uint8_t percent) noexcept
    : frame_bytes_(frame_bytes),
      data_count_(frame_bytes == 0 ? 1 : (frame_bytes - 1) / shard_bytes + 1),
      shard_bytes_(shard_bytes),
      block_count_(static_cast<std::uint16_t>((data_count_ - 1) / rules.max_data_count + 1)),
      full_data_count_(rules.max_data_count),
      full_parity_count_(bounded_parity(rules.max_data_count, rules, percent)) {
  PF_DCHECK(percent <= kMaxFecPercent);
  const std::uint32_t before_last = (block_count_ - 1u) * full_data_count_;
  last_parity_count_ = bounded_parity(data_count_ - before_last, rules, percent);
  parity_count_ = (block_count_ - 1u) * full_parity_count_ + last_parity_count_;
}

BlockShape FrameGeometry::block(std::uint16_t index) const noexcept {
  PF_DCHECK(index < block_count_);
  const bool last = index + 1 == block_count_;
  const std::uint32_t base = std::uint32_t{index} * full_data_count_;
  return {.base_shard = base,
          .first_parity = std::uint32_t{index} * full_parity_count_,
          .data_count = last ? static_cast<std::uint16_t>(data_count_ - base) : full_data_count_,
          .parity_count = last ? last_parity_count_ : full_parity_count_};
}

}  // namespace pf::video
