// Spreads one frame's packets over time so that a burst does not overrun a shallow switch buffer
// (docs/protocol/punktfunk1.md section 13).
//
// The head of a frame leaves at once; the rest at three times the live bit rate, fast enough that
// the whole frame is out within kLongestFrame. Pure: the caller passes the time and does the
// waiting. RFC 9002 section 7.7 gives the reasoning; unlike QUIC we pace to the frame and not to
// the round trip, because a frame that arrives late is worth nothing.
#pragma once

#include <cstdint>

#include "core/base/time.h"

namespace pf::video {

class Pacer {
 public:
  static constexpr std::uint64_t kLeastBurstBytes =
      128 << 10;                                // or a quarter of the frame, if that is more
  static constexpr std::uint64_t kSpeedup = 3;  // over the live bit rate
  static constexpr Nanos kLongestFrame = milliseconds(100);
  static constexpr Nanos kShortestWait =
      microseconds(500);  // below it a timer costs more than it spreads
  // Packets handed to the socket between two looks at the clock.
  static constexpr std::uint32_t kMostBatchPackets = 64;

  // Starts a frame of `wire_bytes` in all, headers, tags and parity included.
  void begin_frame(std::uint64_t wire_bytes, std::uint32_t bitrate_kbps, LocalTime now) noexcept;

  // A streamed frame turns out to be larger by so much.
  void extend_frame(std::uint64_t wire_bytes) noexcept;

  // When the next bytes may leave: `now` or earlier means at once.
  LocalTime due(LocalTime now) const noexcept;

  // Call once per batch handed to the socket.
  void on_sent(std::uint64_t bytes) noexcept { sent_bytes_ += bytes; }

 private:
  LocalTime began_at_;
  std::uint64_t frame_bytes_ = 0;  // as far as it is known
  std::uint64_t live_bytes_per_s_ = 0;
  std::uint64_t burst_bytes_ = 0;
  std::uint64_t sent_bytes_ = 0;
  std::uint64_t bytes_per_s_ = 0;  // of the rest; 0: all at once
};

}  // namespace pf::video
