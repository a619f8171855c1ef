// How fast a bottleneck is at every instant: steps, a wander around them, and stalls in which it
// serves nothing. Follows from the description and a seed alone, not from what is sent, so that two
// senders meet the same link.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/rng.h"
#include "core/base/time.h"

namespace pf::sim {

// Bits at a rate in kbit/s take bits * this / rate nanoseconds.
inline constexpr std::uint64_t kNanosPerKilobitPerSecond = 1'000'000;

struct RateStep {
  Nanos at{0};  // since the world's start
  std::uint32_t rate_kbps = 0;
};

struct RateCourse {
  std::vector<RateStep> steps;  // in order, the first at 0; empty: without a bottleneck
  Nanos repeat{0};              // the steps begin again after so long; 0: the last one stays
  double wander = 0;            // share of the rate by which it strays, up and down; below 1
  Nanos wander_every = milliseconds(100);
  Nanos mean_stall_gap{0};  // between stalls, exponential; 0: there are none
  Nanos mean_stall{0};      // exponential too
};

// An exponential draw with this mean.
Nanos draw_exponential(Rng& rng, Nanos mean);

class Capacity {
 public:
  Capacity(const RateCourse& course, std::uint64_t seed);

  // When so many bits are through that are served from `from` on. Calls go forward in time.
  LocalTime serve(LocalTime from, std::uint64_t bits);

  // Stalls not counted: they are hiccups of this rate.
  std::uint32_t rate_kbps(LocalTime at);

  // The rate that the steps alone give.
  std::uint32_t step_kbps(LocalTime at) const noexcept;

 private:
  struct Segment {
    LocalTime from;
    std::uint32_t rate_kbps = 0;
    bool stalled = false;
  };
  struct Turn {  // a step's rate, and when the next one begins
    std::uint32_t rate_kbps = 0;
    LocalTime until;
  };

  Turn turn_at(LocalTime at) const noexcept;
  void extend_past(LocalTime at);
  void append_segment();
  std::size_t segment_at(LocalTime at);

  const RateCourse course_;
  SeededRng wander_rng_, stall_rng_;
  double stray_ = 1;
  LocalTime next_wander_;
  LocalTime stall_from_, stall_until_;
  std::vector<Segment> segments_;  // all of them so far, each until the next begins
  LocalTime known_until_;
  std::size_t serving_ = 0;  // where the last call ended
};

}  // namespace pf::sim
