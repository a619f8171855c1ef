#include "core/control/speed_test_host.h"

#include <algorithm>
#include <utility>

namespace pf::control {

SpeedTestHost::Answer SpeedTestHost::on_request(const message::ProbeRequest& request,
                                                LocalTime now) noexcept {
  if (!separates_) return Answer::decline;
  if (began_at_ && now - *began_at_ < kSpacing) return Answer::ignore;
  const Nanos length = std::min<Nanos>(kMaxLength, milliseconds(request.duration_ms));
  target_kbps_ = std::min(request.target_kbps, kMaxKbps);
  if (target_kbps_ == 0 || length == Nanos(0)) return Answer::decline;
  constexpr std::uint32_t kBytesPerKilobit = 125;
  unit_bytes_ = std::clamp(target_kbps_ / kUnitsPerSecond * kBytesPerKilobit, kLeastUnitBytes,
                           kMostUnitBytes);
  began_at_ = now;
  ends_at_ = now + length;
  result_ = {};
  return Answer::begin;
}

// Paced by bytes: units are bounded, so fast tests send more than 240 a second and slow ones fewer.
std::optional<LocalTime> SpeedTestHost::unit_due(LocalTime now) const noexcept {
  if (!ends_at_ || now >= *ends_at_) return std::nullopt;
  constexpr std::uint64_t kNsPerByteKilobit = 8'000'000;  // at 1 kbit/s
  const LocalTime due =
      *began_at_ +
      Nanos(static_cast<std::int64_t>(result_.bytes_sent * kNsPerByteKilobit / target_kbps_));
  if (due >= *ends_at_) return std::nullopt;
  return due;
}

void SpeedTestHost::on_unit_sent(std::uint32_t data_packets, std::uint32_t wire_packets,
                                 std::uint32_t dropped_packets) noexcept {
  result_.bytes_sent += unit_bytes_;
  result_.packets_sent += data_packets;
  result_.wire_packets_sent += wire_packets;
  result_.send_dropped += dropped_packets;
}

std::optional<message::ProbeResult> SpeedTestHost::take_result(LocalTime now) noexcept {
  if (!ends_at_ || now < *ends_at_) return std::nullopt;
  result_.duration_ms = static_cast<std::uint32_t>(
      (*std::exchange(ends_at_, std::nullopt) - *began_at_) / milliseconds(1));
  return result_;
}

}  // namespace pf::control
