// Hands out a frame's packets sealed and ready for the socket, a batch at a time, in the order of
// the wire: all data, then all parity.
//
// Sealing goes into memory of its own, so the data in the arena stays as it was: data packets can
// leave first, and parity is computed from them only when the first batch of it is asked for. The
// viewer of a frame that loses nothing never waits for parity. The memory is one batch, small
// enough to stay in the CPU's cache between sealing and the socket. Send thread only; no allocation
// after construction.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/packet_run.h"
#include "core/crypto/sealer.h"
#include "core/fec/fec_codec.h"
#include "core/video/packetiser.h"

namespace pf::video {

class FrameSealer {
 public:
  // `sealer` and `codec` outlive it. Packets have at most `stride` bytes. A batch is best as large
  // as one call to the socket takes whole.
  FrameSealer(crypto::Sealer& sealer, fec::FecCodec& codec, std::uint32_t batch_packets,
              std::uint16_t stride);

  // The frame's memory stays untouched by others until its last batch was taken. What was left of
  // the frame before is forgotten.
  void begin(const PacketisedFrame& frame) noexcept;

  // The next batch, valid until the following call. No packets: that was all. A batch asked for
  // ahead of its time is sealed ahead of its time, which is how pacing hides the work.
  PacketRun next() noexcept;

 private:
  crypto::Sealer& sealer_;
  fec::FecCodec& codec_;
  const std::uint32_t batch_packets_;
  std::vector<std::byte> batch_;
  PacketisedFrame frame_;
  std::uint32_t next_packet_ = 0;
};

}  // namespace pf::video
