#include "core/control/speed_test_client.h"

#include <algorithm>

namespace pf::control {
namespace {

constexpr std::size_t kLeastUnits = 8;
// Below this share of what was asked for the link was the bound, and not the host.
constexpr double kFullShare = 0.9;

}  // namespace

void SpeedTestClient::on_filler(LocalTime completed, std::uint64_t wire_bytes,
                                std::uint32_t packet_count) {
  packets_ += packet_count;
  if (units_.size() < kMaxUnits) units_.push_back({completed, wire_bytes});
}

std::optional<SpeedTestVerdict> SpeedTestClient::verdict(const message::ProbeResult& result) const {
  if (result.packets_sent == 0 || units_.size() < kLeastUnits) return std::nullopt;
  const Nanos span = units_.back().completed - units_.front().completed;
  const LocalTime from =
      units_.front().completed +
      Nanos(static_cast<std::int64_t>(static_cast<double>(span.count()) * kLeftOut));
  const auto begin = static_cast<std::size_t>(
      std::find_if(units_.begin(), units_.end(),
                   [&](const Unit& unit) { return unit.completed >= from; }) -
      units_.begin());
  const std::size_t end = units_.size() - 1, middle = (begin + end) / 2;
  if (middle == begin || middle == end) return std::nullopt;
  const double kbps = std::min({rate_kbps(begin, end), rate_kbps(begin, middle),
                                rate_kbps(middle, end), static_cast<double>(target_kbps_)});
  SpeedTestVerdict verdict{.link_kbps = static_cast<std::uint32_t>(kbps),
                           .link_was_full = kbps < target_kbps_ * kFullShare};
  if (result.wire_packets_sent > packets_) {
    verdict.loss_ppm = static_cast<std::uint32_t>((result.wire_packets_sent - packets_) *
                                                  1'000'000 / result.wire_packets_sent);
  }
  return verdict;
}

// Of what came after the unit `first`, until `last` was complete.
double SpeedTestClient::rate_kbps(std::size_t first, std::size_t last) const noexcept {
  std::uint64_t bytes = 0;
  for (std::size_t i = first + 1; i <= last; ++i) bytes += units_[i].wire_bytes;
  const Nanos span = units_[last].completed - units_[first].completed;
  return static_cast<double>(bytes) * 8e6 /
         static_cast<double>(std::max<std::int64_t>(span.count(), 1));
}

}  // namespace pf::control
