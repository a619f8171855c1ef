#include "core/control/clock_map.h"

#include <algorithm>
#include <limits>

namespace pf::control {
namespace {

// Differences of 64-bit stamps need one more bit, their sums two, and parts of them 30 more.
__extension__ using Wide = __int128;

constexpr std::int64_t kBillion = 1'000'000'000;

std::int64_t saturate(Wide value) noexcept {
  constexpr Wide kLow = std::numeric_limits<std::int64_t>::min();
  constexpr Wide kHigh = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp(value, kLow, kHigh));
}

// Half the round trip, and what the clocks drift while it lasts, since nobody knows when within it
// the host looked.
Wide half_width_ns(const ClockReading& reading) noexcept {
  const Wide half = Wide{reading.round_trip_ns} / 2 + 1;
  return half + half * ClockDrift::kMostPpb / kBillion + 1;
}

}  // namespace

ClockReading read_clock(const ClockStamps& stamps) noexcept {
  const Wide t1 = stamps.client_sent_ns, t2 = stamps.host_received_ns;
  const Wide t3 = stamps.host_sent_ns, t4 = stamps.client_received_ns;
  return {.round_trip_ns = saturate((t4 - t1) - (t3 - t2)),
          .offset_ns = saturate(((t2 - t1) + (t3 - t4)) / 2)};
}

void ClockDrift::on_reading(const TimedReading& read) noexcept {
  if (count_ == kReadings) {
    std::move(readings_.begin() + 1, readings_.end(), readings_.begin());
    --count_;
  }
  readings_[count_++] = read;
  if (!bounds().empty()) return;
  // Somebody set a clock, or its rate is another one now.
  readings_[0] = read;
  count_ = 1;
}

ClockDrift::Bounds ClockDrift::bounds() const noexcept {
  Bounds bounds;
  for (std::size_t newer = 1; newer < count_; ++newer) {
    for (std::size_t older = 0; older < newer; ++older) {
      const Wide span_ns = Wide{readings_[newer].at.ns()} - readings_[older].at.ns();
      if (span_ns <= 0) continue;
      const ClockReading &before = readings_[older].reading, &after = readings_[newer].reading;
      const Wide rise_ns = Wide{after.offset_ns} - before.offset_ns;
      const Wide width_ns = half_width_ns(before) + half_width_ns(after);
      const auto ppb = [&](Wide ns) { return saturate(ns * kBillion / span_ns); };
      const std::int64_t low = ppb(rise_ns - width_ns), high = ppb(rise_ns + width_ns);
      bounds.low_ppb = std::max(bounds.low_ppb, saturate(Wide{low} - kWanderPpb));
      bounds.high_ppb = std::min(bounds.high_ppb, saturate(Wide{high} + kWanderPpb));
    }
  }
  return bounds;
}

ClockSlope ClockDrift::slope() const noexcept {
  const Bounds possible = bounds();
  return {.ppb = (possible.low_ppb + possible.high_ppb) / 2,
          .error_ppb = (possible.high_ppb - possible.low_ppb) / 2 + 1};
}

WireTime ClockMap::to_wire(LocalTime at) const noexcept {
  const Wide since = Wide{at.ns()} - read_.at.ns();
  const Wide drift = since * slope_.ppb / kBillion;
  return WireTime(Nanos(saturate(Wide{at.ns()} + read_.reading.offset_ns + drift)));
}

LocalTime ClockMap::to_local(WireTime at) const noexcept {
  const Wide since_on_host = Wide{at.ns()} - read_.reading.offset_ns - read_.at.ns();
  const Wide since = since_on_host * kBillion / (kBillion + slope_.ppb);
  return LocalTime(Nanos(saturate(read_.at.ns() + since)));
}

Nanos ClockMap::error_bound(LocalTime now) const noexcept {
  const Wide since = Wide{now.ns()} - read_.at.ns();
  const Wide drift = (since < 0 ? -since : since) * slope_.error_ppb / kBillion;
  return Nanos(saturate(half_width_ns(read_.reading) + drift + 1));
}

Nanos ClockMap::drifts_within(Nanos budget) const noexcept {
  return Nanos(saturate(Wide{budget.count()} * kBillion / std::max<Wide>(slope_.error_ppb, 1)));
}

}  // namespace pf::control
