// What reassembly hands up: frames, and exact counts of everything that became of packets.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/bytes.h"
#include "core/base/frame_id.h"
#include "core/base/time.h"
#include "core/message/packet.h"
#include "core/video/frame_memory.h"

namespace pf::video {

// An access unit, whole but for the one case that says otherwise. `bytes` lies in the reassembler's
// memory until it is released there.
struct ReassembledFrame {
  FrameId id{};
  WireTime pts;
  std::uint32_t flags = 0;  // message::frame_flags; probe frames are for counting only
  MutableBytes bytes;
  LocalTime first_received_at;
  LocalTime last_received_at;         // of the packet that completed it
  std::uint32_t packet_count = 0;     // that it took
  std::uint32_t recovered_count = 0;  // data shards that had to be rebuilt
  std::uint32_t missing_count = 0;  // that never came and are zeros in `bytes`; see poll_partial()
  FrameMemory::Extent memory;       // where `bytes` lie
};

enum class PacketRejection : std::uint8_t {
  truncated,  // as message::PacketFault
  foreign,
  geometry,
  stale,         // of a frame too far behind, or given up
  inconsistent,  // contradicts its frame
  no_memory,     // a bound of the plan is reached
};
inline constexpr std::size_t kPacketRejections = 6;

struct ReceptionCounters {
  std::uint64_t received = 0;   // shards that belong to a frame under way or delivered
  std::uint64_t recovered = 0;  // data shards rebuilt
  std::uint64_t late = 0;       // data shards that arrived after they had been rebuilt
  std::uint64_t duplicate = 0;  // shards that were there already
  std::uint64_t surplus = 0;    // parity that was not needed
  std::uint64_t frames_delivered = 0;
  std::uint64_t frames_dropped = 0;  // begun and never completed
  std::uint64_t frames_partial = 0;  // of these, handed up with holes
  std::array<std::uint64_t, kPacketRejections> rejected{};

  std::uint64_t rejected_for(PacketRejection reason) const noexcept {
    return rejected[static_cast<std::size_t>(reason)];
  }
  void reject(PacketRejection reason) noexcept { ++rejected[static_cast<std::size_t>(reason)]; }
};

}  // namespace pf::video
