#include "core/wire/v1/packet_header.h"

#include <algorithm>
#include <array>

#include "core/base/check.h"
#include "core/message/shard_size.h"

namespace pf::wire::v1 {
namespace {

using message::Packet;
using message::PacketFault;
using message::PacketFormat;
using message::PacketHeader;
using message::PacketLimits;

constexpr std::uint8_t kMagic = 0xC9;
constexpr std::uint8_t kVersion = 1;
constexpr std::uint16_t kMaxShardBytes = 9152;
constexpr std::uint16_t kMinEarlyShards = 16;

std::uint32_t shards_of(std::uint32_t frame_bytes, std::uint16_t shard_bytes) noexcept {
  return frame_bytes == 0 ? 1 : (frame_bytes - 1) / shard_bytes + 1;
}

bool is_slice_stream(const PacketFields& fields) noexcept {
  return (fields.user_flags & message::frame_flags::kSliceStream) != 0;
}

// Bounds that hold for every packet (section 12.1).
bool within(const PacketFields& fields, const PacketLimits& limits) noexcept {
  return fields.shard_bytes % 2 == 0 &&
         fields.shard_bytes >= std::min(limits.min_shard_bytes, kMaxShardBytes) &&
         fields.shard_bytes <= kMaxShardBytes && fields.data_shards >= 1 &&
         fields.data_shards <= limits.max_data_count &&
         fields.data_shards + fields.recovery_shards <= limits.max_shard_count &&
         fields.shard_index < fields.data_shards + fields.recovery_shards &&
         fields.frame_bytes <= limits.max_frame_bytes;
}

// Where a block of a frame with known totals begins. Empty: no sender writes such a block.
std::optional<std::uint32_t> base_of_known(const PacketFields& fields,
                                           const PacketLimits& limits) noexcept {
  const std::uint32_t shards = shards_of(fields.frame_bytes, fields.shard_bytes);
  if (fields.block_index >= fields.block_count) return std::nullopt;
  if (is_slice_stream(fields)) {  // only the final block tells the totals
    if (fields.block_index + 1 != fields.block_count || fields.data_shards > shards)
      return std::nullopt;
    const std::uint32_t base = shards - fields.data_shards;
    if (fields.block_index > base) return std::nullopt;  // no block is empty
    return base;
  }
  const std::uint32_t per_block = limits.max_data_count;
  if (fields.block_count != (shards - 1) / per_block + 1) return std::nullopt;
  const std::uint32_t base = fields.block_index * per_block;
  if (fields.data_shards != std::min(per_block, shards - base)) return std::nullopt;
  return base;
}

// The same for a block sent before the frame was whole (section 11.6).
std::optional<std::uint32_t> base_of_early(const PacketFields& fields,
                                           const PacketLimits& limits) noexcept {
  if (!is_slice_stream(fields)) {
    if (fields.frame_bytes != 0 || fields.data_shards != limits.max_data_count) return std::nullopt;
    return std::uint32_t{fields.block_index} * limits.max_data_count;
  }
  // A sender flushes early only with kMinEarlyShards pending, which bounds how many blocks there
  // can be.
  const std::uint32_t frame_shards = shards_of(limits.max_frame_bytes, fields.shard_bytes);
  const std::uint32_t max_blocks =
      frame_shards / std::min(kMinEarlyShards, limits.max_data_count) + 2;
  if (fields.block_index + 1u >= max_blocks || fields.frame_bytes % fields.shard_bytes != 0) {
    return std::nullopt;
  }
  return fields.frame_bytes / fields.shard_bytes;
}

tl::expected<Packet, PacketFault> parse(Bytes packet, const PacketLimits& limits) noexcept {
  if (packet.size() < kPacketHeaderBytes) return tl::unexpected(PacketFault::truncated);
  const auto fields = parse_packet_fields(packet);
  if (!fields) return tl::unexpected(PacketFault::foreign);
  if (packet.size() - kPacketHeaderBytes < fields->shard_bytes)
    return tl::unexpected(PacketFault::truncated);
  if (!within(*fields, limits)) return tl::unexpected(PacketFault::geometry);

  const bool totals_known = fields->block_count != 0;
  const auto base = totals_known ? base_of_known(*fields, limits) : base_of_early(*fields, limits);
  // What an early block covers must fit a frame too; of a known one that follows from frame_bytes.
  const std::uint64_t end_shard = base ? std::uint64_t{*base} + fields->data_shards : 0;
  if (!base || (!totals_known && end_shard * fields->shard_bytes > limits.max_frame_bytes)) {
    return tl::unexpected(PacketFault::geometry);
  }
  const PacketHeader header{.pts = WireTime(Nanos(static_cast<std::int64_t>(fields->pts_ns))),
                            .frame_index = fields->frame_index,
                            .stream_sequence = fields->stream_seq,
                            .flags = fields->user_flags,
                            .base_shard = *base,
                            .frame_bytes = totals_known ? fields->frame_bytes : 0,
                            .block_index = fields->block_index,
                            .block_count = fields->block_count,
                            .data_count = fields->data_shards,
                            .parity_count = fields->recovery_shards,
                            .shard_index = fields->shard_index,
                            .shard_bytes = fields->shard_bytes,
                            .epoch = 0,
                            .totals_known = totals_known,
                            .first_packet = (fields->packet_flags & kPacketStart) != 0,
                            .last_packet = (fields->packet_flags & kPacketEnd) != 0};
  return Packet{header, packet.subspan(kPacketHeaderBytes, fields->shard_bytes)};
}

// The place of every field is known here, so that none is checked for room by itself: a header
// takes 5 ns instead of 15, and there is one for every packet.
void write_fields(std::span<std::byte, kPacketHeaderBytes> into,
                  const PacketFields& fields) noexcept {
  std::byte* at = into.data();
  const auto put = [&](auto number) {
    detail::store(at, number, false);
    at += sizeof number;
  };
  put(fields.pts_ns);
  put(fields.frame_index);
  put(fields.stream_seq);
  put(fields.frame_bytes);
  put(fields.user_flags);
  put(fields.block_index);
  put(fields.block_count);
  put(fields.data_shards);
  put(fields.recovery_shards);
  put(fields.shard_index);
  put(fields.shard_bytes);
  put(kMagic);
  put(kVersion);
  put(fields.fec_scheme);
  put(fields.packet_flags);
}

template <std::uint8_t kScheme>
void write(MutableBytes into, const PacketHeader& header) noexcept {
  const bool early_slice =
      !header.totals_known && (header.flags & message::frame_flags::kSliceStream) != 0;
  std::uint8_t packet_flags = kPacketPicture;
  if (header.first_packet) packet_flags |= kPacketStart;
  if (header.last_packet) packet_flags |= kPacketEnd;
  PF_DCHECK(into.size() >= kPacketHeaderBytes);
  write_fields(
      into.first<kPacketHeaderBytes>(),
      {.pts_ns = static_cast<std::uint64_t>(header.pts.ns()),
       .frame_index = header.frame_index,
       .stream_seq = header.stream_sequence,
       .frame_bytes = early_slice ? header.base_shard * header.shard_bytes : header.frame_bytes,
       .user_flags = header.flags,
       .block_index = header.block_index,
       .block_count = header.block_count,
       .data_shards = header.data_count,
       .recovery_shards = header.parity_count,
       .shard_index = header.shard_index,
       .shard_bytes = header.shard_bytes,
       .fec_scheme = kScheme,
       .packet_flags = packet_flags});
}

void write_number(MutableBytes clear, std::uint64_t number) noexcept {
  ByteWriter out(clear);
  out.big(number);
}

std::uint64_t read_number(Bytes clear, std::uint64_t /*newest*/) noexcept {  // it is written whole
  return ByteReader(clear).big<std::uint64_t>();
}

void write_no_number(MutableBytes /*clear*/, std::uint64_t /*number*/) noexcept {}
std::uint64_t read_no_number(Bytes /*clear*/, std::uint64_t /*newest*/) noexcept { return 0; }

template <std::uint8_t kScheme>
constexpr PacketFormat kSealed{.clear_bytes = kSequenceBytes,
                               .header_bytes = kPacketHeaderBytes,
                               .tag_bytes = kTagBytes,
                               .write_number = write_number,
                               .read_number = read_number,
                               .write_header = write<kScheme>,
                               .parse = parse};
template <std::uint8_t kScheme>
constexpr PacketFormat kBare{.clear_bytes = 0,
                             .header_bytes = kPacketHeaderBytes,
                             .tag_bytes = 0,
                             .write_number = write_no_number,
                             .read_number = read_no_number,
                             .write_header = write<kScheme>,
                             .parse = parse};

}  // namespace

std::optional<PacketFields> parse_packet_fields(Bytes bytes) noexcept {
  ByteReader in(bytes);
  PacketFields fields;
  fields.pts_ns = in.little<std::uint64_t>();
  fields.frame_index = in.little<std::uint32_t>();
  fields.stream_seq = in.little<std::uint32_t>();
  fields.frame_bytes = in.little<std::uint32_t>();
  fields.user_flags = in.little<std::uint32_t>();
  fields.block_index = in.little<std::uint16_t>();
  fields.block_count = in.little<std::uint16_t>();
  fields.data_shards = in.little<std::uint16_t>();
  fields.recovery_shards = in.little<std::uint16_t>();
  fields.shard_index = in.little<std::uint16_t>();
  fields.shard_bytes = in.little<std::uint16_t>();
  const std::uint8_t magic = in.little<std::uint8_t>();
  in.little<std::uint8_t>();  // the version says nothing that the magic does not
  fields.fec_scheme = in.little<std::uint8_t>();
  fields.packet_flags = in.little<std::uint8_t>();
  if (!in.ok() || magic != kMagic) return std::nullopt;
  return fields;
}

void write_packet_fields(ByteWriter& out, const PacketFields& fields) noexcept {
  std::array<std::byte, kPacketHeaderBytes> bytes;
  write_fields(bytes, fields);
  out.put(bytes);
}

std::uint16_t max_shards_per_block(std::uint16_t max_data_per_block,
                                   std::uint8_t fec_scheme) noexcept {
  const std::uint32_t field_limit = fec_scheme == 0 ? 255 : 65535;
  const std::uint32_t with_most_parity = max_data_per_block + (max_data_per_block * 90u + 99) / 100;
  return static_cast<std::uint16_t>(std::min(with_most_parity, field_limit));
}

PacketLimits packet_limits(const message::FecParameters& fec, std::uint16_t shard_bytes,
                           std::uint32_t max_frame_bytes) noexcept {
  return {.max_data_count = fec.max_data_per_block,
          .max_shard_count =
              max_shards_per_block(fec.max_data_per_block, static_cast<std::uint8_t>(fec.scheme)),
          .min_shard_bytes = std::min(message::kMinShardBytes, shard_bytes),
          .max_frame_bytes = max_frame_bytes};
}

const PacketFormat& sealed_packets(std::uint8_t fec_scheme) noexcept {
  return fec_scheme == 0 ? kSealed<0> : kSealed<1>;
}
const PacketFormat& bare_packets(std::uint8_t fec_scheme) noexcept {
  return fec_scheme == 0 ? kBare<0> : kBare<1>;
}

}  // namespace pf::wire::v1
