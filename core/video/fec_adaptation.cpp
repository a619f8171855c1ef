#include "core/video/fec_adaptation.h"

#include <algorithm>

namespace pf::video {
namespace {

constexpr std::uint8_t kLeastPercent = 1;
constexpr std::uint8_t kMostPercent = 50;

}  // namespace

// ceil(loss in per cent * 1.4) + 1 within the bounds, 1 without loss.
std::uint8_t FecAdaptation::target_percent(std::uint32_t ppm) noexcept {
  if (ppm == 0) return kLeastPercent;
  constexpr std::uint64_t kDivisor = 100'000;  // 10 000 ppm are a per cent; 1.4 = 14 / 10
  const std::uint64_t target = (std::uint64_t{ppm} * 14 + kDivisor - 1) / kDivisor + 1;
  return static_cast<std::uint8_t>(std::clamp<std::uint64_t>(target, kLeastPercent, kMostPercent));
}

void FecAdaptation::on_loss_report(std::uint32_t ppm) noexcept {
  const std::uint8_t target = target_percent(ppm);
  if (target > percent_) {
    percent_ = target;
  } else if (target < percent_) {
    --percent_;
  }
}

}  // namespace pf::video
