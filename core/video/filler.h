// Access units of zeros: what a speed test sends in place of pictures, cut and protected like them
// (docs/protocol/punktfunk1.md section 6.3). Their numbers count apart from those of the video,
// from 0 on through the session. Send thread only; no allocation after construction.
#pragma once

#include <cstdint>
#include <vector>

#include "core/video/packet_arena.h"
#include "core/video/packetiser.h"

namespace pf::video {

class Filler {
 public:
  // In shards and blocks like the video of `params`, whose shards are the largest there will be; no
  // unit is larger than `most_bytes`.
  Filler(Packetiser::Params params, std::uint32_t most_bytes);

  // The next one, of no more than that; its shards stay until the call after it.
  FramePiece next(std::uint32_t unit_bytes, WireTime pts, std::uint8_t fec_percent) noexcept;

  // From the next unit on.
  void set_shard_bytes(std::uint16_t shard_bytes) noexcept {
    packetiser_.set_shard_bytes(shard_bytes);
  }

 private:
  const std::vector<std::byte> zeros_;
  PacketArena arena_;
  Packetiser packetiser_;
  FrameId next_id_{};
  bool taken_ = false;
};

}  // namespace pf::video
