#include "core/control/loss_window.h"

#include <algorithm>

namespace pf::control {
namespace {

constexpr std::uint64_t kMillion = 1'000'000;
constexpr std::uint64_t kDroppedFramePpm = 50'000;

std::uint64_t less(std::uint64_t from, std::uint64_t count) noexcept {
  return from > count ? from - count : 0;
}

std::uint64_t ppm_of(std::uint64_t part, std::uint64_t whole) noexcept {
  if (whole == 0) return 0;
  return part >= whole ? kMillion : part * kMillion / whole;
}

// The specification's.
std::uint64_t rebuilt_ppm(const ReceptionTotals& before, const ReceptionTotals& now) noexcept {
  const std::uint64_t received = less(now.received, before.received);
  const std::uint64_t recovered = less(now.recovered, before.recovered);
  const std::uint64_t late = less(now.late, before.late);
  return ppm_of(less(recovered, late), less(received + recovered, late));
}

}  // namespace

std::uint32_t LossWindow::report(const ReceptionTotals& now) noexcept {
  const std::uint64_t missing = lost_since(now);
  std::uint64_t ppm = std::max(ppm_of(missing, less(now.packets_sent, before_.packets_sent)),
                               rebuilt_ppm(before_, now));
  if (now.frames_dropped > before_.frames_dropped) ppm += kDroppedFramePpm;
  before_ = now;
  return static_cast<std::uint32_t>(std::min(ppm, kMillion));
}

void LossWindow::skip(const ReceptionTotals& now) noexcept {
  (void)lost_since(now);
  before_ = now;
}

std::uint64_t LossWindow::lost_since(const ReceptionTotals& now) noexcept {
  const std::uint64_t lost = less(now.packets_sent, now.packets_opened);
  const std::uint64_t missing = less(lost, reported_lost_);
  reported_lost_ = std::max(reported_lost_, lost);
  return missing;
}

}  // namespace pf::control
