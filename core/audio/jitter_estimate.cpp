#include "core/audio/jitter_estimate.h"

#include <algorithm>

namespace pf::audio {

void JitterEstimate::add(WireTime pts, LocalTime arrived_at) noexcept {
  // Stamps are the peer's and may be anything: their difference wraps rather than overflows.
  const auto transit_ns = static_cast<std::int64_t>(static_cast<std::uint64_t>(arrived_at.ns()) -
                                                    static_cast<std::uint64_t>(pts.ns()));
  const bool first = !block_began_;
  const auto step_ns = static_cast<std::int64_t>(static_cast<std::uint64_t>(transit_ns) -
                                                 static_cast<std::uint64_t>(newest_ns_));
  newest_ns_ = transit_ns;
  if (first || step_ns > kMaxDelay.count() || step_ns < -kMaxDelay.count()) {
    begin_again(transit_ns, arrived_at);
    return;
  }
  if (arrived_at - *block_began_ >= kBlock) {
    quickest_before_ns_ = quickest_ns_;
    quickest_ns_ = transit_ns;
    block_began_ = arrived_at;
  }
  quickest_ns_ = std::min(quickest_ns_, transit_ns);
  slowest_ns_ = std::max(slowest_ns_, transit_ns);
  const Nanos delay(transit_ns - std::min(quickest_ns_, quickest_before_ns_));
  count(delay);
  look_for_worst(delay, arrived_at);
}

// Of what was counted nothing is forgotten: it was true of the network, and still is.
void JitterEstimate::begin_again(std::int64_t transit_ns, LocalTime at) noexcept {
  quickest_ns_ = quickest_before_ns_ = slowest_ns_ = transit_ns;
  block_began_ = at;
}

void JitterEstimate::count(Nanos delay) noexcept {
  for (float& share : share_) share -= share * kForget;
  const auto bin = static_cast<std::size_t>(std::max<std::int64_t>(delay / kBin, 0));
  share_[std::min(bin, kBins - 1)] += kForget;
  counted_ += (1 - counted_) * kForget;
  mean_ns_ += (static_cast<double>(delay.count()) - mean_ns_) * kForget / counted_;
}

void JitterEstimate::look_for_worst(Nanos delay, LocalTime at) noexcept {
  const Nanos in_era = at - era_began_;
  if (in_era >= kEra || in_era < Nanos(0)) {
    era_ = (era_ + 1) % kEras;
    worst_[era_] = {};
    era_began_ = at;
  }
  worst_[era_] = std::max(worst_[era_], std::min(delay, kMaxDelay));
}

Nanos JitterEstimate::worst_dip() const noexcept {
  const Nanos worst = *std::max_element(worst_.begin(), worst_.end());
  return std::max(worst - Nanos(static_cast<std::int64_t>(mean_ns_)), Nanos(0));
}

Nanos JitterEstimate::delay() const noexcept {
  const Nanos burst(slowest_ns_ - quickest_ns_);
  return counted_ < kYoung && burst <= kMaxBurst ? std::max(burst, usual_delay()) : usual_delay();
}

Nanos JitterEstimate::usual_delay() const noexcept {
  float beyond = counted_ * (1 - kWithin);
  for (std::size_t bin = kBins; bin-- > 0;) {
    beyond -= share_[bin];
    if (beyond < 0) return static_cast<std::int64_t>(bin + (bin > 0 ? 1 : 0)) * kBin;
  }
  return {};
}

}  // namespace pf::audio
