// Makes packets of a frame's shards, sealed and ready for the socket, a batch at a time, in the
// order of the wire: all data, then all parity.
//
// A shard is copied behind its header, into the nearest cache, and sealed from there into the
// batch; that is the only copy on the way. The shards themselves stay as they were, so parity is
// computed from them only when the first batch of it is asked for: the viewer of a frame that loses
// nothing never waits for parity. All our memory is used again for every packet, batch or block,
// which keeps it in the CPU's caches: a frame of 1 MB with 20 % parity takes 186 us, where laying
// all of its packets out before sealing took 226 (docs/performance.md). Send thread only; no
// allocation after construction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/packet_run.h"
#include "core/crypto/sealer.h"
#include "core/fec/fec_codec.h"
#include "core/message/packet.h"
#include "core/video/frame_piece.h"

namespace pf::video {

class FrameSealer {
 public:
  struct Limits {
    std::uint32_t batch_packets = 1;  // best as many as one call to the socket takes whole
    std::uint16_t shard_bytes = 1408;
    std::uint16_t data_count = 4096;  // of a block
  };
  // All outlive it; `sealer` is null where packets travel unsealed. `codec` supports blocks as
  // large as the limits with any parity up to kMaxFecPercent.
  FrameSealer(const message::PacketFormat& format, crypto::Sealer* sealer, fec::FecCodec& codec,
              const Limits& limits);

  // The piece's shards stay untouched until its last batch was taken. What was left of the piece
  // before is forgotten.
  void begin(const FramePiece& piece) noexcept;

  // The next batch, valid until the following call. No packets: that was all. A batch asked for
  // ahead of its time is sealed ahead of its time, which is how pacing hides the work.
  PacketRun next() noexcept;

 private:
  using Memory = std::unique_ptr<std::byte[], void (*)(void*)>;
  static Memory take(std::size_t bytes);

  // A step is the data of one block or the parity of one.
  bool step_is_parity() const noexcept;
  void begin_step() noexcept;
  std::byte* plain_packet() const noexcept;
  const std::byte* take_shard() noexcept;
  void write_packet(MutableBytes into) noexcept;

  const message::PacketFormat& format_;
  crypto::Sealer* const sealer_;
  fec::FecCodec& codec_;
  const Limits limits_;
  const Memory batch_;
  const Memory plain_;   // one packet
  const Memory parity_;  // of one block

  FramePiece piece_;
  std::uint32_t step_ = 0;                 // the one to come
  std::uint32_t packets_left_ = 0;         // of the piece
  std::uint32_t shards_left_ = 0;          // of the step
  const std::byte* shard_ = nullptr;       // the next one of the step
  const std::byte* last_shard_ = nullptr;  // of the step, if elsewhere
  message::PacketHeader header_;           // of the next packet
  std::uint32_t stream_sequence_ = 0;      // of the next packet
};

// All packets of `piece`, in `into`, which grows as needed: for whoever does not send at once, such
// as simulations and tests.
PacketRun all_packets(FrameSealer& sealer, const FramePiece& piece, std::vector<std::byte>& into);

}  // namespace pf::video
