// Foreign bytes as a packet: whatever is accepted keeps the limits and is written back as it was
// read.
#include <vector>

#include "core/base/check.h"
#include "core/wire/v1/packet_header.h"

using namespace pf;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const message::PacketLimits limits{
      .max_data_count = 64,
      .max_shard_count = wire::v1::max_shards_per_block(64, 1),
      .min_shard_bytes = 64,
      .max_frame_bytes = 1 << 20};
  const message::PacketFormat& format = wire::v1::sealed_packets();
  const Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  const auto packet = format.parse(bytes, limits);
  if (!packet) return 0;
  const message::PacketHeader& header = packet->header;
  PF_CHECK(packet->shard.size() == header.shard_bytes);
  PF_CHECK(header.data_count >= 1 && header.data_count <= limits.max_data_count);
  PF_CHECK(header.shard_index < header.data_count + header.parity_count);
  const std::uint64_t end_bytes =
      (std::uint64_t{header.base_shard} + header.data_count) * header.shard_bytes;
  PF_CHECK(end_bytes < std::uint64_t{limits.max_frame_bytes} + header.shard_bytes);

  std::vector<std::byte> again(bytes.begin(), bytes.end());
  format.write_header({again.data(), format.header_bytes}, header);
  const auto reread = format.parse(again, limits);
  PF_CHECK(reread && reread->header == header);
  return 0;
}
