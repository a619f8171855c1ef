#include "core/control/rate_part.h"

#include <algorithm>

namespace pf::control {

void PartOfLink::begin(LocalTime now) noexcept {
  *this = PartOfLink();
  began_at_ = now;
  last_received_ = now;
}

void PartOfLink::on_frame(double wire_bytes, LocalTime received) noexcept {
  const Arrival arrival{.wire_bytes = wire_bytes,
                        .took = std::max(received - last_received_, Nanos(0))};
  last_received_ = std::max(last_received_, received);
  all_.wire_bytes += arrival.wire_bytes;
  all_.took += arrival.took;
  if (arrival.took >= slowest_.took) slowest_ = arrival;
  ++frames_;
}

std::optional<double> PartOfLink::of(std::uint32_t capacity_kbps) const noexcept {
  const Nanos took = all_.took - slowest_.took;
  if (frames_ <= kLeastFrames || took <= Nanos(0)) return std::nullopt;
  constexpr double kBitsPerKilobitNs = 8.0 * 1'000'000;  // bytes in a nanosecond → kbit in a second
  const double arrived_kbps = (all_.wire_bytes - slowest_.wire_bytes) * kBitsPerKilobitNs /
                              static_cast<double>(took.count());
  return arrived_kbps / std::max(capacity_kbps, 1u);
}

}  // namespace pf::control
