#include "core/video/loss.h"

#include <algorithm>

namespace pf::video {
namespace {

constexpr std::uint64_t kDroppedFramePpm = 50'000;
constexpr std::uint8_t kLeastPercent = 1;
constexpr std::uint8_t kMostPercent = 50;

}  // namespace

std::uint32_t loss_ppm(std::uint64_t received, std::uint64_t recovered, std::uint64_t late,
                       std::uint64_t frames_dropped) noexcept {
  const std::uint64_t lost = recovered > late ? recovered - late : 0;
  const std::uint64_t sent = received + lost;
  const std::uint64_t base = sent == 0 ? 0 : lost * kAllLostPpm / sent;
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(kAllLostPpm, base + (frames_dropped > 0 ? kDroppedFramePpm : 0)));
}

std::uint32_t LossWindow::take(const ReceptionCounters& now) noexcept {
  const std::uint32_t ppm =
      loss_ppm(now.received - before_.received, now.recovered - before_.recovered,
               now.late - before_.late, now.frames_dropped - before_.frames_dropped);
  before_ = now;
  return ppm;
}

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
