#include "core/video/frame_sealer.h"

#include <cstdlib>
#include <cstring>
#include <utility>

#include "core/base/check.h"

namespace pf::video {
namespace {

constexpr std::size_t kCacheLineBytes = 64;

std::size_t rounded(std::size_t bytes) noexcept {
  return (bytes + kCacheLineBytes - 1) / kCacheLineBytes * kCacheLineBytes;
}

}  // namespace

FrameSealer::Memory FrameSealer::take(std::size_t bytes) {
  Memory memory(static_cast<std::byte*>(std::aligned_alloc(kCacheLineBytes, rounded(bytes))),
                std::free);
  PF_CHECK(memory != nullptr);
  return memory;
}

FrameSealer::FrameSealer(const message::PacketFormat& format, crypto::Sealer* sealer,
                         fec::FecCodec& codec, const Limits& limits)
    : format_(format),
      sealer_(sealer),
      codec_(codec),
      limits_(limits),
      batch_(take(std::size_t{limits.batch_packets} * format.wire_bytes(limits.shard_bytes))),
      plain_(take(kCacheLineBytes + format.wire_bytes(limits.shard_bytes))),
      parity_(
          take(std::size_t{parity_for(limits.data_count, kMaxFecPercent)} * limits.shard_bytes)) {
  PF_CHECK(limits.batch_packets > 0);
}

void FrameSealer::begin(const FramePiece& piece) noexcept {
  PF_CHECK(piece.geometry.shard_bytes() <= limits_.shard_bytes);
  piece_ = piece;
  step_ = 0;
  shards_left_ = 0;
  packets_left_ = piece.geometry.packet_count();
}

PacketRun FrameSealer::next() noexcept {
  PacketRun batch{.base = batch_.get(),
                  .count = 0,
                  .stride = format_.wire_bytes(piece_.geometry.shard_bytes())};
  while (packets_left_ > 0 && batch.count < limits_.batch_packets) {
    if (shards_left_ == 0) {
      // No batch has both: parity must not hold up the last of the data.
      if (batch.count > 0 && step_is_parity()) break;
      begin_step();
      continue;
    }
    write_packet(batch.packet(batch.count++));
  }
  return batch;
}

// Data of all blocks goes before all parity, but for streamed frames, whose blocks leave one after
// the other.
bool FrameSealer::step_is_parity() const noexcept {
  return piece_.streamed ? step_ % 2 == 1 : step_ >= piece_.geometry.block_count();
}

void FrameSealer::begin_step() noexcept {
  const bool parity = step_is_parity();
  const auto index = static_cast<std::uint16_t>(
      piece_.streamed ? step_ / 2 : step_ % piece_.geometry.block_count());
  ++step_;
  const fec::ShardBlock block = piece_.block(index, parity_.get());
  header_ = piece_.block_header(index);
  header_.shard_index = parity ? block.data_count : std::uint16_t{0};
  shard_ = parity ? block.parity : block.data;
  last_shard_ = parity ? nullptr : block.last_data;
  shards_left_ = parity ? block.parity_count : block.data_count;
  PF_DCHECK(block.data_count <= limits_.data_count);
  if (parity && block.parity_count > 0) codec_.encode(block);
}

// Where its shard begins on a cache line, so that vectors of it do not straddle two.
std::byte* FrameSealer::plain_packet() const noexcept {
  return plain_.get() + (kCacheLineBytes - format_.shard_offset() % kCacheLineBytes);
}

const std::byte* FrameSealer::take_shard() noexcept {
  if (--shards_left_ == 0 && last_shard_ != nullptr) return last_shard_;
  return std::exchange(shard_, shard_ + header_.shard_bytes);
}

void FrameSealer::write_packet(MutableBytes into) noexcept {
  header_.stream_sequence = stream_sequence_++;
  header_.first_packet = piece_.first && packets_left_ == piece_.geometry.packet_count();
  header_.last_packet = piece_.last && packets_left_ == 1;
  std::byte* const packet = sealer_ == nullptr ? into.data() : plain_packet();
  format_.write_header({packet + format_.clear_bytes, format_.header_bytes}, header_);
  std::memcpy(packet + format_.shard_offset(), take_shard(), header_.shard_bytes);
  if (sealer_ != nullptr) {
    const auto bytes = static_cast<std::uint16_t>(into.size());
    sealer_->seal_copy({.base = packet, .count = 1, .stride = bytes}, into.data());
  }
  ++header_.shard_index;
  --packets_left_;
}

PacketRun all_packets(FrameSealer& sealer, const FramePiece& piece, std::vector<std::byte>& into) {
  PacketRun all;
  into.clear();
  sealer.begin(piece);
  for (PacketRun batch = sealer.next(); batch.count > 0; batch = sealer.next()) {
    into.insert(into.end(), batch.base, batch.base + batch.bytes());
    all.stride = batch.stride;
    all.count += batch.count;
  }
  all.base = into.data();
  return all;
}

}  // namespace pf::video
