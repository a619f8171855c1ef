#include "core/video/frame_piece.h"

namespace pf::video {

message::PacketHeader FramePiece::block_header(std::uint16_t index) const noexcept {
  const BlockShape shape = geometry.block(index);
  message::PacketHeader header = head;
  header.block_index = static_cast<std::uint16_t>(first_block + index);
  header.base_shard = base_shard + shape.base_shard;
  header.data_count = shape.data_count;
  header.parity_count = shape.parity_count;
  header.totals_known = last && (!streamed || index + 1 == geometry.block_count());
  if (!header.totals_known) header.frame_bytes = header.block_count = 0;
  return header;
}

fec::ShardBlock FramePiece::block(std::uint16_t index, std::byte* parity) const noexcept {
  const BlockShape shape = geometry.block(index);
  return {.data = data + std::size_t{shape.base_shard} * geometry.shard_bytes(),
          .parity = parity,
          .stride = geometry.shard_bytes(),
          .shard_bytes = geometry.shard_bytes(),
          .data_count = shape.data_count,
          .parity_count = shape.parity_count,
          .last_data = index + 1 == geometry.block_count() ? last_shard : nullptr};
}

}  // namespace pf::video
