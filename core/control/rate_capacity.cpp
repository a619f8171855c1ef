#include "core/control/rate_capacity.h"

#include <algorithm>

namespace pf::control {
namespace {

// A sender that hands over 64 packets at once and a receiver that reads as many at once make trains
// of no length. No link of 10 Gbit/s is told from a faster one here.
constexpr std::uint32_t kMostKbps = 10'000'000;

}  // namespace

void TrainCapacity::on_train(std::uint64_t wire_bytes, std::uint32_t packet_count,
                             Nanos spread) noexcept {
  if (packet_count < kLeastPackets) return;
  trains_[seen_ % kTrains] = {wire_bytes, std::max(spread, Nanos(0))};
  ++seen_;
}

std::optional<std::uint32_t> TrainCapacity::kbps(bool urgent) const noexcept {
  if (seen_ < kNewestTrains) return std::nullopt;
  const std::uint32_t lasting = std::min(over_last(kRecentTrains), over_last(kTrains));
  return urgent ? std::min(lasting, over_last(kNewestTrains)) : lasting;
}

Nanos TrainCapacity::mean_spread() const noexcept {
  const std::size_t count = std::min(kTrains, seen_);
  Nanos spread{0};
  for (std::size_t i = 0; i < count; ++i) spread += trains_[i].spread;
  return count > 0 ? spread / static_cast<std::int64_t>(count) : spread;
}

// All bytes over all time: a stall within one train weighs as long as it lasted.
std::uint32_t TrainCapacity::over_last(std::size_t count) const noexcept {
  std::uint64_t bytes = 0;
  Nanos spread{0};
  for (std::size_t i = 1; i <= std::min(count, seen_); ++i) {
    const Train& train = trains_[(seen_ - i) % kTrains];
    bytes += train.wire_bytes;
    spread += train.spread;
  }
  constexpr double kBitsPerKilobitNs = 8.0 * 1'000'000;  // bytes in a nanosecond → kbit in a second
  const double kbps = static_cast<double>(bytes) * kBitsPerKilobitNs /
                      static_cast<double>(std::max<std::int64_t>(spread.count(), 1));
  return static_cast<std::uint32_t>(std::min<double>(kbps, kMostKbps));
}

}  // namespace pf::control
