// Instants of different clocks are different types, so adding host time to client time does not
// compile.
#pragma once

#include <chrono>
#include <cstdint>

namespace pf {

using Nanos = std::chrono::nanoseconds;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Phantom clocks: they only name a time line; nobody asks them for the time.
struct LocalClock {};  // this end's CLOCK_MONOTONIC
struct PeerClock {};   // the other end's
struct WireClock {};   // as written in packets: the host's real time, ns since the Unix epoch

template <class Line>
class Instant {
 public:
  constexpr Instant() = default;
  constexpr explicit Instant(Nanos since_epoch) : since_epoch_(since_epoch) {}

  constexpr Nanos since_epoch() const { return since_epoch_; }
  constexpr std::int64_t ns() const { return since_epoch_.count(); }

  constexpr auto operator<=>(const Instant&) const = default;
  constexpr Instant& operator+=(Nanos step) {
    since_epoch_ += step;
    return *this;
  }
  constexpr Instant& operator-=(Nanos step) {
    since_epoch_ -= step;
    return *this;
  }
  friend constexpr Instant operator+(Instant at, Nanos step) { return at += step; }
  friend constexpr Instant operator-(Instant at, Nanos step) { return at -= step; }
  friend constexpr Nanos operator-(Instant later, Instant earlier) {
    return later.since_epoch_ - earlier.since_epoch_;
  }

 private:
  Nanos since_epoch_{0};
};

using LocalTime = Instant<LocalClock>;
using PeerTime = Instant<PeerClock>;
using WireTime = Instant<WireClock>;

// Injected into working rooms. Pure code gets `now` as an argument instead.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual LocalTime now() const noexcept = 0;
};

}  // namespace pf
