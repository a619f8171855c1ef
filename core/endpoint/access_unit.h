// What a client takes out of a session, and what it can know about receiving it.
#pragma once

#include <cstdint>

#include "core/base/bytes.h"
#include "core/base/frame_id.h"
#include "core/base/time.h"

namespace pf::endpoint {

// Borrowed until the next one is taken.
struct AccessUnit {
  FrameId id{};
  WireTime pts;  // when the picture was captured
  bool idr = false;
  std::uint32_t flags = 0;  // message::frame_flags, as they came
  bool whole = true;  // else shards that decode by themselves are missing, and zeros are there
  Bytes bytes;
  LocalTime first_received;
  LocalTime received;  // complete
};

struct ReceiveStats {
  std::uint64_t packets = 0;           // authentic ones
  std::uint64_t rejected_packets = 0;  // forged, replayed, malformed, or from a stranger
  std::uint64_t recovered_shards = 0;
  std::uint64_t frames = 0;          // taken by the consumer
  std::uint64_t frames_dropped = 0;  // given up incomplete
  std::uint64_t bytes = 0;           // of access units
  Nanos receive_cpu{0};              // of the receive thread
};

}  // namespace pf::endpoint
