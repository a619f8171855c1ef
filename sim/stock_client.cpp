#include "sim/stock_client.h"

#include <algorithm>

namespace pf::sim {

using gamestream::FrameKind;

void StockClient::on_packet(Bytes datagram, FrameKind kind) {
  const auto number = [&](std::size_t at) {
    return detail::load<std::uint32_t>(datagram.data() + at, false);
  };
  const std::uint32_t frame = number(20);
  if (frame < frame_ || (frame == frame_ && whole_)) return;
  if (frame > frame_) begin(frame);
  const std::uint32_t info = number(28);
  const auto places = std::to_integer<std::uint32_t>(datagram[27]);
  const std::uint32_t index = places >> 4 & 3;
  block_count_ = (places >> 6) + 1;
  Block& block = blocks_[index];
  if (block.data_count == 0) {
    block.data_count = info >> 22;
    block.parity_count = (block.data_count * (info >> 4 & 0xFF) + 99) / 100;
    block.came.resize(block.data_count + block.parity_count);
  }
  const std::uint32_t shard = info >> 12 & 0x3FF;
  if (shard >= block.came.size() || block.came[shard] || block.whole()) return;
  block.came[shard] = true;
  ++(shard < block.data_count ? block.data : block.parity);
  if (!block.whole()) return;
  report(index, block);
  const bool all = blocks_.size() == block_count_ &&
                   std::all_of(blocks_.begin(), blocks_.end(),
                               [](const auto& entry) { return entry.second.whole(); });
  if (all) finish_frame(kind);
}

void StockClient::begin(std::uint32_t frame) {
  if (!whole_) give_up_frame();
  // Of those between, nothing came at all.
  if (frame > frame_ + 1) {
    if (!first_lost_) first_lost_ = frame_ + 1;
    complain_of(frame - 1);
  }
  frame_ = frame;
  whole_ = false;
  blocks_.clear();
}

void StockClient::give_up_frame() {
  for (const auto& [index, block] : blocks_) {
    if (!block.whole()) report(index, block);
  }
  if (!first_lost_) first_lost_ = frame_;
  complain_of(frame_);
}

void StockClient::complain_of(std::uint32_t last_lost) {
  keyframe_asked_ = false;  // it may have been the key frame that was lost
  if (invalidates_)
    complaints_.emplace_back(
        gamestream::InvalidateReferences{.first = *first_lost_, .last = last_lost});
}

void StockClient::finish_frame(FrameKind kind) {
  whole_ = true;
  ++intact_;
  const bool heals =
      kind == FrameKind::idr || (invalidates_ && kind == FrameKind::after_invalidation);
  if (heals) {
    first_lost_.reset();
    keyframe_asked_ = false;
  }
  if (!first_lost_) {
    ++shown_;
  } else if (invalidates_) {
    complain_of(frame_);  // with what it cannot show either
  } else if (!std::exchange(keyframe_asked_, true)) {
    complaints_.emplace_back(KeyframeRequest{});
  }
}

void StockClient::report(std::uint32_t index, const Block& block) {
  const auto newest = std::find(block.came.rbegin(), block.came.rend(), true);
  const auto missing = std::count(newest, block.came.rend(), false);
  if (!reports_ || (block.whole() && missing == 0)) return;
  complaints_.emplace_back(
      gamestream::FecStatus{.frame_index = frame_,
                            .missing_before_highest = static_cast<std::uint16_t>(missing),
                            .data_count = static_cast<std::uint16_t>(block.data_count),
                            .parity_count = static_cast<std::uint16_t>(block.parity_count),
                            .received_data = static_cast<std::uint16_t>(block.data),
                            .received_parity = static_cast<std::uint16_t>(block.parity),
                            .block_index = static_cast<std::uint8_t>(index),
                            .block_count = static_cast<std::uint8_t>(block_count_)});
}

std::optional<StockClient::Complaint> StockClient::poll() {
  if (complaints_.empty()) return std::nullopt;
  Complaint complaint = complaints_.front();
  complaints_.pop_front();
  return complaint;
}

}  // namespace pf::sim
