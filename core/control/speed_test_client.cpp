#include "core/control/speed_test_client.h"

#include <algorithm>

#include "core/control/rate_controller.h"

namespace pf::control {
namespace {

constexpr std::size_t kLeastNoted = 8;
constexpr std::uint64_t kLeastPackets = 32;
// Below this share of what was asked for the link was the bound, and not the host.
constexpr double kFullShare = 0.9;

}  // namespace

SpeedTestClient::SpeedTestClient(const SpeedTestWanted& wanted, std::uint16_t shard_bytes,
                                 LocalTime now)
    : wanted_{.target_kbps = wanted.target_kbps,
              .length = std::clamp(wanted.length, Nanos(0), kMaxLength)},
      packet_wire_bytes_(shard_bytes + kPacketOverheadBytes),
      deadline_(now + wanted_.length + kPatience) {}

message::ProbeRequest SpeedTestClient::request() const noexcept {
  return {.target_kbps = wanted_.target_kbps,
          .duration_ms = static_cast<std::uint32_t>(wanted_.length / milliseconds(1))};
}

void SpeedTestClient::on_filler(const FillerSeen& seen) {
  if (!first_) first_ = seen;
  newest_ = seen;
  if (!noted_.empty() && seen.at - noted_.back().at < kSpacing) return;
  if (noted_.size() < kMaxNoted) noted_.push_back(seen);
}

void SpeedTestClient::on_result(const message::ProbeResult& result, LocalTime now) noexcept {
  if (result_) return;
  result_ = result;
  deadline_ = result == message::ProbeResult{} ? now : now + kStragglers;
}

std::optional<SpeedTested> SpeedTestClient::poll(LocalTime now) const {
  using Outcome = SpeedTested::Outcome;
  if (now < deadline_) return std::nullopt;
  if (!result_) return SpeedTested{};
  if (*result_ == message::ProbeResult{})
    return SpeedTested{.outcome = Outcome::declined, .verdict = {}, .sent = {}};
  const auto verdict = this->verdict();
  return SpeedTested{.outcome = verdict ? Outcome::measured : Outcome::too_little,
                     .verdict = verdict.value_or(SpeedTestVerdict{}),
                     .sent = *result_,
                     .received_packets = first_ ? newest_.packets - first_->packets + 1 : 0,
                     .received_for = first_ ? newest_.at - first_->at : Nanos(0)};
}

std::optional<SpeedTestVerdict> SpeedTestClient::verdict() const {
  if (noted_.size() < kLeastNoted || newest_.packets - first_->packets < kLeastPackets)
    return std::nullopt;
  const Nanos span = noted_.back().at - noted_.front().at;
  const LocalTime from =
      noted_.front().at +
      Nanos(static_cast<std::int64_t>(static_cast<double>(span.count()) * kLeftOut));
  const auto begin = static_cast<std::size_t>(
      std::find_if(noted_.begin(), noted_.end(),
                   [&](const FillerSeen& seen) { return seen.at >= from; }) -
      noted_.begin());
  const std::size_t end = noted_.size() - 1, middle = (begin + end) / 2;
  if (middle == begin || middle == end) return std::nullopt;
  const double kbps = std::min({rate_kbps(begin, end), rate_kbps(begin, middle),
                                rate_kbps(middle, end), static_cast<double>(wanted_.target_kbps)});
  SpeedTestVerdict verdict{.link_kbps = static_cast<std::uint32_t>(kbps),
                           .link_was_full = kbps < wanted_.target_kbps * kFullShare};
  const std::uint64_t sent = result_->wire_packets_sent;
  const std::uint64_t came = newest_.packets - first_->packets + 1;
  if (sent > came) verdict.loss_ppm = static_cast<std::uint32_t>((sent - came) * 1'000'000 / sent);
  return verdict;
}

// Of what came after one look, until another.
double SpeedTestClient::rate_kbps(std::size_t first, std::size_t last) const noexcept {
  const std::uint64_t bytes = (noted_[last].packets - noted_[first].packets) * packet_wire_bytes_;
  const Nanos span = noted_[last].at - noted_[first].at;
  return static_cast<double>(bytes) * 8e6 /
         static_cast<double>(std::max<std::int64_t>(span.count(), 1));
}

std::uint32_t advised_kbps(std::uint32_t link_kbps, std::uint16_t shard_bytes,
                           std::uint8_t fec_percent) noexcept {
  const double wire_ratio = (1 + fec_percent / 100.0) *
                            (shard_bytes + SpeedTestClient::kPacketOverheadBytes) /
                            std::max<std::uint16_t>(shard_bytes, 1);
  return static_cast<std::uint32_t>(link_kbps * RateController::kShare / wire_ratio);
}

}  // namespace pf::control
