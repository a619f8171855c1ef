#include "sim/capacity.h"

#include <algorithm>
#include <cmath>

#include "core/base/check.h"
#include "sim/clocks.h"

namespace pf::sim {
namespace {

constexpr LocalTime kNever{Nanos::max()};
constexpr std::uint64_t kStallSeed = 0x7374616C6C;  // apart from the wander's

}  // namespace

Nanos draw_exponential(Rng& rng, Nanos mean) {
  return Nanos(
      static_cast<std::int64_t>(-std::log1p(-rng.unit()) * static_cast<double>(mean.count())));
}

Capacity::Capacity(const RateCourse& course, std::uint64_t seed)
    : course_(course),
      wander_rng_(seed),
      stall_rng_(seed ^ kStallSeed),
      next_wander_(course.wander > 0 ? kWorldStart : kNever),
      stall_from_(kNever),
      stall_until_(kNever),
      known_until_(kWorldStart) {
  PF_CHECK(!course_.steps.empty() && course_.steps.front().at == Nanos(0));
  PF_CHECK(course_.wander < 1 && course_.wander_every > Nanos(0));
  for (const RateStep& step : course_.steps) PF_CHECK(step.rate_kbps > 0);
  if (course_.mean_stall_gap > Nanos(0)) {
    stall_from_ = kWorldStart + draw_exponential(stall_rng_, course_.mean_stall_gap);
    stall_until_ = stall_from_ + draw_exponential(stall_rng_, course_.mean_stall);
  }
}

Capacity::Turn Capacity::turn_at(LocalTime at) const noexcept {
  const Nanos since = std::max(at - kWorldStart, Nanos(0));
  const bool again = course_.repeat > Nanos(0);
  const Nanos round = again ? since - since % course_.repeat : Nanos(0);
  const auto next =
      std::upper_bound(course_.steps.begin(), course_.steps.end(), since - round,
                       [](Nanos moment, const RateStep& step) { return moment < step.at; });
  LocalTime until = again ? kWorldStart + round + course_.repeat : kNever;
  if (next != course_.steps.end()) until = std::min(until, kWorldStart + round + next->at);
  return {std::prev(next)->rate_kbps, until};
}

std::uint32_t Capacity::step_kbps(LocalTime at) const noexcept { return turn_at(at).rate_kbps; }

void Capacity::append_segment() {
  const LocalTime from = known_until_;
  if (from >= next_wander_) {
    // A walk in thirds of the bound: from one edge to the other takes some steps.
    stray_ += (2 * wander_rng_.unit() - 1) * course_.wander / 3;
    stray_ = std::clamp(stray_, 1 - course_.wander, 1 + course_.wander);
    next_wander_ += course_.wander_every;
  }
  if (from >= stall_until_) {
    stall_from_ = from + draw_exponential(stall_rng_, course_.mean_stall_gap);
    stall_until_ = stall_from_ + draw_exponential(stall_rng_, course_.mean_stall);
  }
  const Turn turn = turn_at(from);
  const bool stalled = from >= stall_from_;
  const double rate_kbps = std::max(1.0, turn.rate_kbps * stray_);
  segments_.push_back({from, static_cast<std::uint32_t>(rate_kbps), stalled});
  known_until_ = std::min({turn.until, next_wander_, stalled ? stall_until_ : stall_from_});
  // A stall of no length at all must not stand still here.
  known_until_ = std::max(known_until_, from + Nanos(1));
}

void Capacity::extend_past(LocalTime at) {
  while (known_until_ <= at) append_segment();
}

std::size_t Capacity::segment_at(LocalTime at) {
  extend_past(std::max(at, kWorldStart));
  const auto after = std::upper_bound(
      segments_.begin(), segments_.end(), at,
      [](LocalTime moment, const Segment& segment) { return moment < segment.from; });
  return after == segments_.begin() ? 0 : static_cast<std::size_t>(after - segments_.begin()) - 1;
}

std::uint32_t Capacity::rate_kbps(LocalTime at) { return segments_[segment_at(at)].rate_kbps; }

LocalTime Capacity::serve(LocalTime from, std::uint64_t bits) {
  extend_past(from);
  LocalTime at = from;
  for (;; ++serving_) {
    const bool last = serving_ + 1 == segments_.size();
    const LocalTime until = last ? known_until_ : segments_[serving_ + 1].from;
    if (until > at) {
      const Segment& segment = segments_[serving_];
      const std::uint64_t rate = segment.stalled ? 0 : segment.rate_kbps;
      if (rate > 0) {
        const LocalTime done =
            at + Nanos(static_cast<std::int64_t>(bits * kNanosPerKilobitPerSecond / rate));
        if (done <= until) return done;
        bits -= static_cast<std::uint64_t>((until - at).count()) * rate / kNanosPerKilobitPerSecond;
      }
      at = until;
    }
    if (last) append_segment();
  }
}

}  // namespace pf::sim
