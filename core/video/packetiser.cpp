#include "core/video/packetiser.h"

#include <algorithm>
#include <cstring>

#include "core/base/check.h"

namespace pf::video {
namespace {

std::uint32_t worst_frame_shards(const Packetiser::Params& params) noexcept {
  return FrameGeometry(params.max_frame_bytes, params.shard_bytes, params.rules, 0).data_count();
}

}  // namespace

Packetiser::Packetiser(const Params& params, PacketArena& arena) noexcept
    : params_(params), arena_(arena) {
  PF_CHECK(params.shard_bytes > 0 && params.shard_bytes % 2 == 0);
  PF_CHECK(params.rules.max_data_count > 0);
}

std::size_t Packetiser::worst_frame_bytes(const Params& params) noexcept {
  return PacketArena::run_bytes(worst_frame_shards(params), params.shard_bytes);
}

std::uint16_t Packetiser::largest_block(const Params& params) noexcept {
  return static_cast<std::uint16_t>(
      std::min<std::uint32_t>(worst_frame_shards(params), params.rules.max_data_count));
}

bool Packetiser::has_room() const noexcept {
  return arena_.has_room(worst_frame_shards(params_), params_.shard_bytes);
}

bool Packetiser::begin(const FrameInfo& info, std::uint8_t fec_percent) noexcept {
  PF_DCHECK(run_.count == 0);
  const auto run = arena_.take(worst_frame_shards(params_), params_.shard_bytes);
  if (!run) return false;
  run_ = *run;
  note_frame(info, fec_percent);
  return true;
}

void Packetiser::note_frame(const FrameInfo& info, std::uint8_t fec_percent) noexcept {
  info_ = info;
  info_.flags &= ~message::frame_flags::kSliceStream;
  if (params_.streaming == Streaming::slices) info_.flags |= message::frame_flags::kSliceStream;
  fec_percent_ = std::min(fec_percent, kMaxFecPercent);
  frame_bytes_ = 0;
  piece_shard_ = 0;
  piece_block_ = 0;
}

bool Packetiser::add(Bytes part) noexcept {
  PF_DCHECK(run_.count > 0);
  if (part.size() > params_.max_frame_bytes - frame_bytes_) return false;
  if (part.empty()) return true;
  std::memcpy(run_.base + frame_bytes_, part.data(), part.size());
  frame_bytes_ += static_cast<std::uint32_t>(part.size());
  return true;
}

// How many shards of a streamed frame make a block now; 0: none yet.
std::uint32_t Packetiser::shards_due() const noexcept {
  const std::uint32_t pending_bytes = frame_bytes_ - piece_shard_ * params_.shard_bytes;
  const std::uint32_t most = params_.rules.max_data_count;
  if (pending_bytes > most * params_.shard_bytes) return most;
  const std::uint32_t whole = pending_bytes / params_.shard_bytes;
  if (params_.streaming != Streaming::slices || whole < kLeastSliceShards) return 0;
  return pending_bytes % params_.shard_bytes == 0 ? whole - 1 : whole;
}

std::optional<FramePiece> Packetiser::next_piece() noexcept {
  PF_DCHECK(run_.count > 0);
  if (params_.streaming == Streaming::none) return std::nullopt;
  const std::uint32_t shards = shards_due();
  if (shards == 0) return std::nullopt;
  return take_piece(shards * params_.shard_bytes);
}

// The next `bytes` of the frame, which may be all there are left of it.
FramePiece Packetiser::take_piece(std::uint32_t bytes) noexcept {
  const FramePiece piece{
      .id = info_.id,
      .data = run_.base + std::size_t{piece_shard_} * params_.shard_bytes,
      .geometry = FrameGeometry(bytes, params_.shard_bytes, params_.rules, fec_percent_),
      .head = {.pts = info_.pts,
               .frame_index = static_cast<std::uint32_t>(value(info_.id)),
               .flags = info_.flags,
               .shard_bytes = params_.shard_bytes,
               .epoch = info_.epoch},
      .base_shard = piece_shard_,
      .first_block = piece_block_,
      .streamed = params_.streaming != Streaming::none,
      .first = piece_shard_ == 0,
      .last = false};
  piece_shard_ += piece.geometry.data_count();
  piece_block_ = static_cast<std::uint16_t>(piece_block_ + piece.geometry.block_count());
  return piece;
}

FramePiece Packetiser::finish() noexcept {
  PF_DCHECK(run_.count > 0);
  pad_last_shard();
  const FramePiece piece = take_last_piece();
  arena_.trim_newest(run_, piece_shard_);
  run_ = {};
  return piece;
}

FramePiece Packetiser::take_last_piece() noexcept {
  FramePiece piece = take_piece(frame_bytes_ - piece_shard_ * params_.shard_bytes);
  piece.last = true;
  piece.head.frame_bytes = frame_bytes_;
  piece.head.block_count = piece_block_;
  return piece;
}

std::optional<FramePiece> Packetiser::borrow(const FrameInfo& info, std::uint8_t fec_percent,
                                             Bytes access_unit) noexcept {
  PF_DCHECK(run_.count == 0);
  if (access_unit.size() > params_.max_frame_bytes) return std::nullopt;
  const auto run = arena_.take(1, params_.shard_bytes);
  if (!run) return std::nullopt;
  note_frame(info, fec_percent);
  frame_bytes_ = static_cast<std::uint32_t>(access_unit.size());
  FramePiece piece = take_last_piece();
  const std::size_t before_last =
      std::size_t{piece.geometry.data_count() - 1} * params_.shard_bytes;
  const Bytes last = access_unit.subspan(before_last);
  std::memset(std::copy(last.begin(), last.end(), run->base), 0, params_.shard_bytes - last.size());
  // Shards of a piece are only ever read; what points to them serves decoders too.
  piece.data = const_cast<std::byte*>(access_unit.data());
  piece.last_shard = run->base;
  return piece;
}

void Packetiser::pad_last_shard() noexcept {
  const std::uint32_t within = frame_bytes_ % params_.shard_bytes;
  if (within == 0 && frame_bytes_ > 0) return;
  std::memset(run_.base + frame_bytes_, 0, params_.shard_bytes - within);
}

bool Packetiser::abandon() noexcept {
  if (run_.count == 0) return false;
  arena_.trim_newest(run_, piece_shard_);
  run_ = {};
  return piece_shard_ > 0;
}

void Packetiser::set_shard_bytes(std::uint16_t shard_bytes) noexcept {
  PF_DCHECK(run_.count == 0);
  PF_CHECK(shard_bytes > 0 && shard_bytes % 2 == 0);
  params_.shard_bytes = shard_bytes;
}

}  // namespace pf::video
