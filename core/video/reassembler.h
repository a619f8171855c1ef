// Puts opened packets together to access units (docs/protocol/punktfunk1.md section 12).
//
// Memory is bounded by the plan, whatever the peer sends: four worst frames, reserved when the
// session starts and touched only where used. Video and probe frames have windows of their own
// within it. Receive thread only; no allocation after construction. Time is an argument: packets
// are stamped by whoever received them.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/time.h"
#include "core/fec/fec_codec.h"
#include "core/message/packet.h"
#include "core/video/frame_memory.h"
#include "core/video/frame_window.h"
#include "core/video/reception.h"

namespace pf::video {

// The largest access unit a client reckons with: four frames' worth of the bit rate, within 8 and
// 64 MiB. Without a bit rate the most.
std::uint32_t max_frame_bytes(std::uint32_t bitrate_kbps, double refresh_hz) noexcept;

class Reassembler {
 public:
  // `codec` outlives the reassembler and supports blocks as large as `limits` allow.
  Reassembler(const message::PacketFormat& format, const message::PacketLimits& limits,
              fec::FecCodec& codec, Incomplete incomplete = Incomplete::dropped);

  // One opened datagram: header and shard. Answers the frame that it completed, if it did; frames
  // may come out of order. The frame's bytes stay where they are until release(), which makes room
  // for others: a caller that holds many starves the reassembler.
  std::optional<ReassembledFrame> push(Bytes packet, LocalTime received_at) noexcept;
  void release(ReassembledFrame& frame) noexcept;

  // Where incomplete frames are handed up: the oldest one that 30 ms of newer pictures left behind,
  // with zeros for shards that never came; so long as most of it is there. Ask after each push
  // until it is empty, and before the frame that the push completed, which is newer.
  std::optional<ReassembledFrame> poll_partial() noexcept { return video_.poll_partial(); }

  // Packets that could not be read at all count as video.
  const ReceptionCounters& counters() const noexcept { return counters_; }
  const ReceptionCounters& probe_counters() const noexcept { return probe_counters_; }
  std::size_t memory_used_bytes() const noexcept { return memory_.used_bytes(); }

 private:
  static constexpr std::size_t kWorstFrames = 4;

  const message::PacketFormat& format_;
  const message::PacketLimits limits_;
  FrameMemory memory_;
  ReceptionCounters counters_;
  ReceptionCounters probe_counters_;
  FrameWindow video_;
  FrameWindow probe_;
};

}  // namespace pf::video
