#include "core/endpoint/media_config.h"

#include <algorithm>

#include "core/video/block_codec.h"
#include "core/wire/v1/packet_header.h"

namespace pf::endpoint {
namespace {

// Blocks are counted in 16 bits, so tiny ones bound the frame besides.
std::uint32_t max_frame_bytes(const MediaConfig& config) noexcept {
  const std::uint64_t of_blocks =
      std::uint64_t{65535} * config.fec.max_data_per_block * config.shard_bytes;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(config.max_frame_bytes, of_blocks));
}

}  // namespace

Result<void> check(const MediaConfig& config) {
  const message::FecParameters& fec = config.fec;
  if (config.shard_bytes < 2 || config.shard_bytes % 2 != 0 ||
      config.shard_bytes > kMaxShardBytes) {
    return fail(ErrorKind::malformed, "shards of {} bytes: an even number up to {} it must be",
                config.shard_bytes, kMaxShardBytes);
  }
  if (fec.percent > video::kMaxFecPercent) {
    return fail(ErrorKind::malformed, "{} per cent of parity: {} is the most", fec.percent,
                video::kMaxFecPercent);
  }
  const std::uint32_t field = video::max_block_shards(fec.scheme);
  if (fec.max_data_per_block == 0 || fec.max_data_per_block > field) {
    return fail(ErrorKind::malformed, "{} data shards a block: it must be 1 to {}",
                fec.max_data_per_block, field);
  }
  if (config.max_frame_bytes == 0 || config.max_frame_bytes > kMaxFrameBytes) {
    return fail(ErrorKind::malformed, "frames of {} bytes: it must be 1 to {}",
                config.max_frame_bytes, kMaxFrameBytes);
  }
  if (config.encrypted && config.key.all_zero()) {
    return fail(ErrorKind::malformed, "an encrypted session needs a key, not zeros");
  }
  if (worst_frame_wire_bytes(config) > kMaxArenaBytes) {
    return fail(ErrorKind::malformed, "frames of {} bytes in shards of {}: choose larger shards",
                config.max_frame_bytes, config.shard_bytes);
  }
  return {};
}

const message::PacketFormat& packet_format(const MediaConfig& config) noexcept {
  return config.encrypted ? wire::v1::sealed_packets(config.fec.scheme)
                          : wire::v1::bare_packets(config.fec.scheme);
}

message::PacketLimits packet_limits(const MediaConfig& config) noexcept {
  return wire::v1::packet_limits(config.fec, config.shard_bytes, max_frame_bytes(config));
}

video::Packetiser::Params packetiser_params(const MediaConfig& config) noexcept {
  return {.shard_bytes = config.shard_bytes,
          .max_frame_bytes = max_frame_bytes(config),
          .rules = video::block_rules(config.fec)};
}

std::size_t worst_frame_wire_bytes(const MediaConfig& config) noexcept {
  const video::FrameGeometry worst(max_frame_bytes(config), config.shard_bytes,
                                   video::block_rules(config.fec), video::kMaxFecPercent);
  return std::size_t{worst.packet_count()} * packet_format(config).wire_bytes(config.shard_bytes);
}

std::unique_ptr<fec::FecCodec> make_codec(const MediaConfig& config) {
  return video::make_block_codec(config.fec.scheme, packet_limits(config));
}

}  // namespace pf::endpoint
