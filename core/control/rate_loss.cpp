#include "core/control/rate_loss.h"

#include <algorithm>

namespace pf::control {

void LossCeiling::on_totals(const ReceptionTotals& totals, std::uint32_t rate_kbps,
                            LocalTime now) noexcept {
  if (!window_end_) {
    before_ = totals;
    window_end_ = now + kWindow;
  }
  relax(now);
  const std::uint64_t sent =
      totals.packets_sent - std::min(before_.packets_sent, totals.packets_sent);
  if (now < *window_end_ || sent < kLeastPackets) return;
  const std::uint64_t opened = totals.packets_opened - before_.packets_opened;
  const std::uint64_t lost = sent > opened ? sent - opened : 0;
  before_ = totals;
  window_end_ = now + kWindow;
  judge(static_cast<std::uint32_t>(lost * 1'000'000 / sent), rate_kbps, now);
}

void LossCeiling::judge(std::uint32_t ppm, std::uint32_t rate_kbps, LocalTime now) noexcept {
  if (ppm <= tolerated_ppm_ + tolerated_ppm_ / 4 + kMarginPpm) {
    if (judging_cut_ && now - cut_at_ >= kAnswerTime) judging_cut_ = false;
    // What is tolerated follows a radio that gets better, a part of the way each time.
    if (ppm < tolerated_ppm_) tolerated_ppm_ -= (tolerated_ppm_ - ppm) / 16;
    tolerated_ppm_ = std::max(tolerated_ppm_, kUnnoticedPpm);
    return;
  }
  if (!judging_cut_) return cut(ppm, rate_kbps, now);
  if (now - cut_at_ < (ppm >= kFloodPpm ? kFloodTime : kAnswerTime)) return;
  judging_cut_ = false;
  const bool helped = ppm < ppm_at_cut_ - ppm_at_cut_ / 4;
  if (helped || ppm >= kFloodPpm) return cut(ppm, rate_kbps, now);
  tolerated_ppm_ = ppm;
  ceiling_kbps_.reset();
}

void LossCeiling::cut(std::uint32_t ppm, std::uint32_t rate_kbps, LocalTime now) noexcept {
  judging_cut_ = true;
  cut_at_ = now;
  ppm_at_cut_ = ppm;
  // What arrives is what the way carries; a tenth below it the way is free.
  const double carried = 1.0 - static_cast<double>(ppm) / 1e6;
  const double factor = std::clamp(carried * 0.9, 0.3, 0.85);
  ceiling_kbps_ = static_cast<std::uint32_t>(rate_kbps * factor);
}

void LossCeiling::relax(LocalTime now) noexcept {
  if (!ceiling_kbps_ || now - cut_at_ < kHold) return;
  cut_at_ += seconds(1);
  constexpr std::uint32_t kNoLimitKbps = 20'000'000;
  *ceiling_kbps_ += *ceiling_kbps_ / 12;
  if (*ceiling_kbps_ > kNoLimitKbps) ceiling_kbps_.reset();
}

}  // namespace pf::control
