#include "core/video/packetiser.h"

#include <algorithm>
#include <cstring>

#include "core/base/check.h"

namespace pf::video {

fec::ShardBlock PacketisedFrame::block(std::uint16_t index) const noexcept {
  const BlockShape shape = geometry.block(index);
  const std::uint32_t parity_packet = geometry.data_count() + shape.first_parity;
  return {.data = run.packet(shape.base_shard).data() + shard_offset,
          .parity = run.packet(parity_packet).data() + shard_offset,
          .stride = run.stride,
          .shard_bytes = geometry.shard_bytes(),
          .data_count = shape.data_count,
          .parity_count = shape.parity_count};
}

void write_parity(const PacketisedFrame& frame, fec::FecCodec& codec) noexcept {
  for (std::uint16_t b = 0; b < frame.geometry.block_count(); ++b) {
    const fec::ShardBlock block = frame.block(b);
    if (block.parity_count > 0) codec.encode(block);
  }
}

Packetiser::Packetiser(const Params& params, PacketArena& arena) noexcept
    : params_(params), arena_(arena) {
  PF_CHECK(params.format != nullptr);
  PF_CHECK(params.shard_bytes > 0 && params.shard_bytes % 2 == 0);
  PF_CHECK(params.rules.max_data_count > 0);
}

std::uint32_t Packetiser::worst_frame_packets(const Params& params) noexcept {
  return FrameGeometry(params.max_frame_bytes, params.shard_bytes, params.rules, kMaxFecPercent)
      .packet_count();
}

bool Packetiser::has_room() const noexcept {
  return arena_.has_room(worst_frame_packets(params_),
                         params_.format->wire_bytes(params_.shard_bytes));
}

bool Packetiser::begin(std::uint8_t fec_percent) noexcept {
  PF_DCHECK(run_.count == 0);
  const auto run =
      arena_.take(worst_frame_packets(params_), params_.format->wire_bytes(params_.shard_bytes));
  if (!run) return false;
  run_ = *run;
  fec_percent_ = std::min(fec_percent, kMaxFecPercent);
  frame_bytes_ = 0;
  return true;
}

std::byte* Packetiser::shard(std::uint32_t index) const noexcept {
  return run_.packet(index).data() + params_.format->shard_offset();
}

bool Packetiser::add(Bytes part) noexcept {
  PF_DCHECK(run_.count > 0);
  if (part.size() > params_.max_frame_bytes - frame_bytes_) return false;
  while (!part.empty()) {
    const std::uint32_t index = frame_bytes_ / params_.shard_bytes;
    const std::uint32_t within = frame_bytes_ % params_.shard_bytes;
    const std::size_t bytes = std::min<std::size_t>(part.size(), params_.shard_bytes - within);
    std::memcpy(shard(index) + within, part.data(), bytes);
    frame_bytes_ += static_cast<std::uint32_t>(bytes);
    part = part.subspan(bytes);
  }
  return true;
}

PacketisedFrame Packetiser::finish(const FrameInfo& info) noexcept {
  PF_DCHECK(run_.count > 0);
  pad_last_shard();
  const FrameGeometry geometry(frame_bytes_, params_.shard_bytes, params_.rules, fec_percent_);
  arena_.trim_newest(run_, geometry.packet_count());
  const PacketisedFrame frame{.run = run_,
                              .geometry = geometry,
                              .id = info.id,
                              .pts = info.pts,
                              .flags = info.flags,
                              .shard_offset = params_.format->shard_offset()};
  write_headers(frame, info);
  run_ = {};
  return frame;
}

void Packetiser::pad_last_shard() noexcept {
  const std::uint32_t within = frame_bytes_ % params_.shard_bytes;
  if (within == 0 && frame_bytes_ > 0) return;
  std::memset(shard(frame_bytes_ / params_.shard_bytes) + within, 0, params_.shard_bytes - within);
}

void Packetiser::write_headers(const PacketisedFrame& frame, const FrameInfo& info) noexcept {
  const FrameGeometry& geometry = frame.geometry;
  message::PacketHeader header{.pts = info.pts,
                               .frame_index = static_cast<std::uint32_t>(value(info.id)),
                               .flags = info.flags,
                               .frame_bytes = geometry.frame_bytes(),
                               .block_count = geometry.block_count(),
                               .shard_bytes = geometry.shard_bytes(),
                               .epoch = info.epoch,
                               .totals_known = true};
  const auto write = [&](std::uint32_t packet, std::uint32_t shard_index) {
    header.shard_index = static_cast<std::uint16_t>(shard_index);
    header.stream_sequence = stream_sequence_ + packet;
    header.first_packet = packet == 0;
    header.last_packet = packet + 1 == geometry.packet_count();
    params_.format->write_header(
        run_.packet(packet).subspan(params_.format->clear_bytes, params_.format->header_bytes),
        header);
  };
  for (std::uint16_t b = 0; b < geometry.block_count(); ++b) {
    const BlockShape shape = geometry.block(b);
    header.block_index = b;
    header.base_shard = shape.base_shard;
    header.data_count = shape.data_count;
    header.parity_count = shape.parity_count;
    for (std::uint32_t i = 0; i < shape.data_count; ++i) write(shape.base_shard + i, i);
    const std::uint32_t first_parity = geometry.data_count() + shape.first_parity;
    for (std::uint32_t j = 0; j < shape.parity_count; ++j)
      write(first_parity + j, shape.data_count + j);
  }
  stream_sequence_ += geometry.packet_count();
}

void Packetiser::abandon() noexcept {
  if (run_.count == 0) return;
  arena_.trim_newest(run_, 0);
  run_ = {};
}

void Packetiser::set_shard_bytes(std::uint16_t shard_bytes) noexcept {
  PF_DCHECK(run_.count == 0);
  PF_CHECK(shard_bytes > 0 && shard_bytes % 2 == 0);
  params_.shard_bytes = shard_bytes;
}

}  // namespace pf::video
