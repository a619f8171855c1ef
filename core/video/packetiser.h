// Lays access units out as packets: each byte is copied once, from the encoder's buffer to its
// place in a packet.
//
// Parts of a frame are taken as the encoder gives them. Their packets' headers need the size of the
// whole, so they are written at the end; room for them, for the packet number and for the tag lies
// around every shard already. Parity and sealing then happen in place, on another thread if wished.
// Video thread only; no allocation and no exception after construction.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/frame_id.h"
#include "core/base/packet_run.h"
#include "core/base/time.h"
#include "core/fec/fec_codec.h"
#include "core/message/packet.h"
#include "core/video/frame_geometry.h"
#include "core/video/packet_arena.h"

namespace pf::video {

// A frame ready for parity: its run holds all data packets of all blocks, then all parity packets
// block by block, which is the order of the wire. Parity shards are still garbage.
struct PacketisedFrame {
  PacketRun run;
  FrameGeometry geometry;
  FrameId id{};
  WireTime pts;
  std::uint32_t flags = 0;         // message::frame_flags
  std::uint16_t shard_offset = 0;  // of the shard within a packet

  fec::ShardBlock block(std::uint16_t index) const noexcept;
};

// Fills in the parity of every block. `codec` must support blocks as large as the session's rules
// allow.
void write_parity(const PacketisedFrame& frame, fec::FecCodec& codec) noexcept;

class Packetiser {
 public:
  struct Params {
    const message::PacketFormat* format = nullptr;
    std::uint16_t shard_bytes = 1408;   // even
    std::uint32_t max_frame_bytes = 0;  // the worst frame of the plan
    BlockRules rules;
  };
  struct FrameInfo {
    FrameId id{};  // probe frames count apart
    WireTime pts;
    std::uint32_t flags = 0;
    std::uint8_t epoch = 0;
  };

  // `arena` outlives the packetiser. It must hold one worst frame (see worst_frame_packets()), and
  // two for one to be laid out while another is being sent.
  Packetiser(const Params& params, PacketArena& arena) noexcept;

  // Packets of the worst frame with the most parity.
  static std::uint32_t worst_frame_packets(const Params& params) noexcept;

  // Whether begin() would say yes. Ask before a frame is captured.
  bool has_room() const noexcept;

  // Starts a frame with this much parity. False: the arena has no room for the worst frame.
  [[nodiscard]] bool begin(std::uint8_t fec_percent) noexcept;

  // The next bytes of the access unit, copied before it returns. False: the frame would be larger
  // than the plan allows; nothing was taken, and the frame must be abandoned.
  [[nodiscard]] bool add(Bytes part) noexcept;

  // Ends the frame: pads it, writes every header. Once parity, sealing and sending are done, the
  // run goes back with PacketArena::release_oldest().
  PacketisedFrame finish(const FrameInfo& info) noexcept;

  // Gives up a frame that was begun. No packet number or frame number was used.
  void abandon() noexcept;

  // From the next frame on (path MTU changed).
  void set_shard_bytes(std::uint16_t shard_bytes) noexcept;

 private:
  std::byte* shard(std::uint32_t index) const noexcept;
  void pad_last_shard() noexcept;
  void write_headers(const PacketisedFrame& frame, const FrameInfo& info) noexcept;

  Params params_;
  PacketArena& arena_;
  PacketRun run_;                  // of the frame begun; no packets: none
  std::uint8_t fec_percent_ = 0;   // of the frame begun
  std::uint32_t frame_bytes_ = 0;  // taken so far
  std::uint32_t stream_sequence_ = 0;
};

}  // namespace pf::video
