#include "core/control/loss_window.h"

#include <algorithm>

namespace pf::control {
namespace {

constexpr std::uint64_t kMillion = 1'000'000;
constexpr std::uint64_t kDroppedFramePpm = 50'000;

std::uint64_t less(std::uint64_t from, std::uint64_t count) noexcept {
  return from > count ? from - count : 0;
}

}  // namespace

std::uint32_t loss_ppm(const ReceptionTotals& before, const ReceptionTotals& now) noexcept {
  const std::uint64_t received = less(now.received, before.received);
  const std::uint64_t recovered = less(now.recovered, before.recovered);
  const std::uint64_t late = less(now.late, before.late);
  const std::uint64_t lost = less(recovered, late);
  const std::uint64_t all = less(received + recovered, late);
  std::uint64_t ppm = all == 0 ? 0 : lost * kMillion / all;
  if (now.frames_dropped > before.frames_dropped) ppm += kDroppedFramePpm;
  return static_cast<std::uint32_t>(std::min(ppm, kMillion));
}

}  // namespace pf::control
