#include "core/endpoint/media_config.h"

#include <algorithm>

#include "core/fec/gf16_codec.h"
#include "core/message/shard_size.h"
#include "core/wire/v1/packet_header.h"

namespace pf::endpoint {
namespace {

std::uint8_t scheme(const MediaConfig& config) noexcept {
  return static_cast<std::uint8_t>(config.fec.scheme);
}

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
  const std::uint32_t field = fec.scheme == message::FecScheme::gf8 ? 255 : 65535;
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
  if (fec.scheme == message::FecScheme::gf8) {
    return fail(ErrorKind::unavailable, "this build has no GF(2^8) code");
  }
  return {};
}

const message::PacketFormat& packet_format(const MediaConfig& config) noexcept {
  return config.encrypted ? wire::v1::sealed_packets(scheme(config))
                          : wire::v1::bare_packets(scheme(config));
}

message::PacketLimits packet_limits(const MediaConfig& config) noexcept {
  const std::uint16_t data = config.fec.max_data_per_block;
  return {.max_data_count = data,
          .max_shard_count = wire::v1::max_shards_per_block(data, scheme(config)),
          .min_shard_bytes = std::min(message::kMinShardBytes, config.shard_bytes),
          .max_frame_bytes = max_frame_bytes(config)};
}

video::Packetiser::Params packetiser_params(const MediaConfig& config) noexcept {
  return {.format = &packet_format(config),
          .shard_bytes = config.shard_bytes,
          .max_frame_bytes = max_frame_bytes(config),
          .rules = {.max_data_count = config.fec.max_data_per_block,
                    .agreed_percent = config.fec.percent}};
}

std::size_t worst_frame_wire_bytes(const MediaConfig& config) noexcept {
  return std::size_t{video::Packetiser::worst_frame_packets(packetiser_params(config))} *
         packet_format(config).wire_bytes(config.shard_bytes);
}

std::unique_ptr<fec::FecCodec> make_codec(const MediaConfig& config) {
  const message::PacketLimits limits = packet_limits(config);
  const std::uint32_t parity = limits.max_shard_count - limits.max_data_count;
  return std::make_unique<fec::Gf16Codec>(fec::Gf16Codec::Limits{
      .data_count = limits.max_data_count, .parity_count = std::max<std::uint32_t>(parity, 1)});
}

}  // namespace pf::endpoint
