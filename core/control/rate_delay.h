// How long packets wait in queues: those that stand between frames, and a frame's own.
//
// The first packet of a frame waits for nothing of its own frame, so what it is late by, compared
// with the quickest of the last seconds, was in the queue already: a standing queue. Its way begins
// when the host hands it to the socket, which the host's timing datagrams tell; hosts that send
// none are measured from the capture on, encoder included. The clocks need not agree: only
// differences of differences count. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/base/time.h"
#include "core/message/datagram.h"

namespace pf::control {

class PathDelay {
 public:
  // The quickest packet of so long ago is still believed. A path that became longer for good is
  // understood when this has passed, or by rebase().
  static constexpr Nanos kMemory = seconds(10);
  // The quickest of so many says what stands; the others may just have met a hiccup.
  static constexpr std::size_t kRecent = 8;
  // Below it nothing stands: clocks and radios are not better.
  static constexpr Nanos kStanding = milliseconds(3);
  // Frames of which late() knows: a second of 60 Hz.
  static constexpr std::size_t kCrossings = 64;
  // A frame and its timing travel apart, in either order. So many may wait for each other.
  static constexpr std::size_t kMatches = 32;

  struct Frame {
    WireTime pts;
    LocalTime first_received;
    Nanos spread{0};           // from its first to its last packet
    bool from_slices = false;  // the first left before the frame was encoded
  };
  void on_frame(const Frame& frame, LocalTime now) noexcept;
  void on_host_timing(const message::HostTiming& timing, LocalTime now) noexcept;

  Nanos standing() const noexcept;
  // Share of the newest frames whose last packet came later than an empty path would have brought
  // the first, by more than `limit`.
  double late(Nanos limit) const noexcept;
  // The frames until now say nothing about those to come.
  void forget_late() noexcept { crossed_ = 0; }
  // What stands now was not removed by sending less: it is the length of the path.
  void rebase() noexcept;

 private:
  struct Match {
    WireTime pts;
    std::optional<Frame> frame;
    std::optional<message::HostTiming> timing;
  };
  Match& match_for(WireTime pts) noexcept;
  void take(Match& match, LocalTime now) noexcept;
  void take_delay(Nanos delay, LocalTime now) noexcept;
  Nanos least() const noexcept;
  std::optional<Nanos> quickest_recent() const noexcept;

  std::array<Match, kMatches> matches_{};
  std::size_t next_match_ = 0;
  bool host_tells_ = false;
  std::array<Nanos, kRecent> recent_{};
  std::size_t seen_ = 0;
  std::array<Nanos, kCrossings> crossings_{};
  std::size_t crossed_ = 0;
  // The least of this half of the memory and of the half before.
  std::optional<Nanos> least_, least_before_;
  std::optional<LocalTime> half_began_;
};

}  // namespace pf::control
