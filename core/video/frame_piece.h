// What of an access unit can leave at once: all of it, or, of a streamed one, the blocks that
// filled while the encoder still works on the rest. Parity, headers and seals are FrameSealer's.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/frame_id.h"
#include "core/fec/fec_codec.h"
#include "core/message/packet.h"
#include "core/video/frame_geometry.h"

namespace pf::video {

struct FramePiece {
  FrameId id{};
  // Its data shards, end to end; nobody writes to them any more.
  std::byte* data = nullptr;
  std::byte* last_shard = nullptr;  // where the last of them lies; null: behind the others
  FrameGeometry geometry;           // as if the piece were a frame by itself
  message::PacketHeader head;       // what all its packets say alike; totals only if `last`
  std::uint32_t base_shard = 0;     // of its first block, counted from the start of the access unit
  std::uint16_t first_block = 0;    // likewise its number
  bool streamed = false;            // then no block but the frame's last one tells the totals
  bool first = true;                // of its frame
  bool last = true;

  // Block `index` of the piece as its packets' headers tell it.
  message::PacketHeader block_header(std::uint16_t index) const noexcept;
  // Its shards, with the parity to be written at `parity`.
  fec::ShardBlock block(std::uint16_t index, std::byte* parity) const noexcept;
};

}  // namespace pf::video
