#include "core/audio/depth_target.h"

#include <algorithm>
#include <utility>

namespace pf::audio {
namespace {

Nanos scaled(Nanos span, double by) noexcept {
  return Nanos(static_cast<std::int64_t>(static_cast<double>(span.count()) * by));
}

}  // namespace

void DepthTarget::prepare(const Arrivals& arrivals) noexcept {
  now_ = std::max(now_, wished(arrivals));
}

double DepthTarget::update(Nanos depth, const Arrivals& arrivals, Nanos played) noexcept {
  if (played == Nanos(0)) return 0;  // an output that asks for nothing
  look_for_dip(depth, played);
  const Nanos aim = wished(arrivals);
  if (aim > now_) {
    now_ = std::min(aim, now_ + scaled(played, kRise));
    return now_ < aim ? -kRise : 0;
  }
  const double too_much_s = std::chrono::duration<double>(now_ - aim).count();
  const double fall = std::min(too_much_s * kFallPerSecond, kMostFall);
  now_ -= scaled(played, fall);
  return fall;
}

void DepthTarget::look_for_dip(Nanos depth, Nanos played) noexcept {
  in_block_ += played;
  if (in_block_ >= kBlock) {
    in_block_ = {};
    block_ = (block_ + 1) % kBlocks;
    worst_dips_[block_] = {};
  }
  averaged_ = std::min(averaged_ + played, kMeanOver);
  mean_ += scaled(
      depth - mean_,
      std::min(static_cast<double>(played.count()) / static_cast<double>(averaged_.count()), 1.0));
  if (averaged_ < kMeanUnknown) return;
  const Nanos dip = std::exchange(dip_, mean_ - depth);
  if (dip_ < dip) note_dip(dip);
}

void DepthTarget::note_dip(Nanos dip) noexcept {
  worst_dips_[block_] = std::max(worst_dips_[block_], dip);
}

Nanos DepthTarget::wished(const Arrivals& arrivals) const noexcept {
  const Nanos dip =
      std::max(arrivals.worst_dip, *std::max_element(worst_dips_.begin(), worst_dips_.end()));
  return std::clamp(std::max(arrivals.uneven, std::min(dip, kMostDip) + kReserve), kLeast, kMost);
}

void DepthTarget::on_made_up(Nanos span) noexcept {
  now_ = std::min(now_ + span, kMost);
  note_dip(now_ - kReserve);
  forget_mean();
}

}  // namespace pf::audio
