// The host's clock as the client sees it: where it stands, how fast it runs, and how wrong that may
// be.
//
// Four stamps for each round trip say where it stands, to within half the round trip (RFC 5905
// section 8 uses the same arithmetic). How fast it runs against ours follows from readings some
// time apart: each puts the offset into an interval, any two of them the slope of the line between
// them. What no two readings rule out is possible, so the bound is one, whatever the network does
// to the probes; its assumptions are two numbers, ClockDrift::kMostPpb and kWanderPpb. Pure.
// Source: docs/protocol/punktfunk1.md sections 14.2, 14.3.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/time.h"

namespace pf::control {

// Nanoseconds on two clocks: the client's at sending and receiving, the host's in between.
struct ClockStamps {
  std::uint64_t client_sent_ns = 0;
  std::uint64_t host_received_ns = 0;
  std::uint64_t host_sent_ns = 0;
  std::uint64_t client_received_ns = 0;
};

struct ClockReading {
  std::int64_t round_trip_ns = 0;
  std::int64_t offset_ns = 0;  // host minus client
  bool operator==(const ClockReading&) const = default;
};

// Exact for all stamps whose results fit; saturated otherwise, which only a lying host brings
// about.
ClockReading read_clock(const ClockStamps& stamps) noexcept;

struct TimedReading {
  ClockReading reading;
  LocalTime at;  // the middle of its round trip
};

// By how much the host's clock runs faster than ours, in billionths.
struct ClockSlope {
  std::int64_t ppb = 0;
  std::int64_t error_ppb = 0;  // at most so wrong, either way
};

class ClockDrift {
 public:
  // Nothing runs faster or slower: a kernel slews a clock by 500 ppm at most, and quartz is off by
  // 50 on either end.
  static constexpr std::int64_t kMostPpb = 600'000;
  // A slope that was measured is still believed to this: quartz gets warm, a time daemon nudges.
  // When a clock's rate changes by more, the next reading contradicts those before it, which are
  // forgotten then.
  static constexpr std::int64_t kWanderPpb = 20'000;

  void on_reading(const TimedReading& read) noexcept;
  ClockSlope slope() const noexcept;

 private:
  // At one in a minute: eight minutes, after which quartz may have another temperature.
  static constexpr std::size_t kReadings = 8;

  struct Bounds {
    std::int64_t low_ppb = -kMostPpb, high_ppb = kMostPpb;
    bool empty() const noexcept { return low_ppb > high_ppb; }
  };
  Bounds bounds() const noexcept;

  std::array<TimedReading, kReadings> readings_{};  // the newest last
  std::size_t count_ = 0;
};

// Converts between the ends' times and says how wrong it may be.
class ClockMap {
 public:
  ClockMap(const TimedReading& read, const ClockSlope& slope) noexcept
      : read_(read), slope_(slope) {}

  WireTime to_wire(LocalTime at) const noexcept;
  LocalTime to_local(WireTime at) const noexcept;

  // Half the round trip, and what the clocks may have drifted apart since beyond what is known.
  Nanos error_bound(LocalTime now) const noexcept;
  Nanos round_trip() const noexcept { return Nanos(read_.reading.round_trip_ns); }
  // After this time the drift may have cost as much as `budget`, counted from the reading.
  Nanos drifts_within(Nanos budget) const noexcept;

 private:
  TimedReading read_;
  ClockSlope slope_;
};

}  // namespace pf::control
