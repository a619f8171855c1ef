// Judges what decides about the bit rate: runs a session over a named link and measures how fast
// the rate follows the link and how long packets wait for it.
//
// A step is a change of what the link has to give by a tenth or more, wander and stalls not
// counted; the start of the stream is one too. After each there are two seconds in which anything
// may happen; outside them packets may wait kMostQueue at the bottleneck, 95 of 100.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "sim/link_models.h"
#include "sim/world.h"

namespace pf::sim {

inline constexpr Nanos kSettleTime = seconds(2);
inline constexpr Nanos kMostQueue = milliseconds(15);
inline constexpr Nanos kSlice = milliseconds(50);  // of the course

// Settled: for a second (or until the next step) the rate is between these shares of what the link
// has, or of what was asked for if that is less, and no more than a tenth of the slices have a
// queue above kMostQueue. The shares leave room for parity, headers, wander,
// and caution on a link that falls silent again and again.
inline constexpr double kLeastShare = 0.3;
inline constexpr double kMostShare = 1.0;

struct CoursePoint {                 // one slice
  Nanos at{0};                       // since the world's start
  std::uint32_t target_kbps = 0;     // of the encoder
  std::uint32_t sent_kbps = 0;       // at the bottleneck, headers and parity included
  std::uint32_t dropped_kbps = 0;    // of that, for want of room in the queue
  std::uint32_t available_kbps = 0;  // of the bottleneck
  std::uint32_t step_kbps = 0;       // the same without wander
  Nanos queue{0};                    // 95 of 100 waited no longer
};

struct StepVerdict {
  Nanos at{0};
  std::uint32_t from_kbps = 0;  // 0: the start
  std::uint32_t to_kbps = 0;
  std::optional<Nanos> settled_after;  // none: never, before the next step
  bool settled_in_time() const noexcept { return settled_after && *settled_after <= kSettleTime; }
};

struct Verdict {
  const LinkModel* link = nullptr;
  std::uint32_t most_kbps = 0;  // whatever the link has, the rate stays below this
  std::uint64_t seed = 0;
  Nanos length{0};
  std::vector<CoursePoint> course;
  std::vector<StepVerdict> steps;
  // Outside the two seconds after steps.
  Nanos queue_p50{0}, queue_p95{0}, queue_p99{0};
  double utilisation = 0;  // passed the bottleneck, of what it or the client's wish allowed
  // In the whole run.
  Nanos queue_worst{0};
  double packets_lost = 0;  // share of them, whatever took them
  std::uint64_t frames_sent = 0, frames_shown = 0, keyframes = 0;
  Nanos frozen{0}, longest_freeze{0};
  std::string violations;  // of what the checkers promise; a line each

  Nanos slowest_settling() const noexcept;  // of one never settled: Nanos::max()
  bool settled_in_time() const noexcept;
  bool queue_kept() const noexcept { return queue_p95 <= kMostQueue; }
  bool good() const noexcept { return settled_in_time() && queue_kept() && violations.empty(); }
};

// `bitrate_kbps`: a fixed one, to see what becomes of it; without it the client adapts the rate.
Verdict judge(const LinkModel& link, std::uint64_t seed, Nanos length,
              std::optional<std::uint32_t> bitrate_kbps = std::nullopt);

}  // namespace pf::sim
