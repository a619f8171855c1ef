#include "core/control/rate_loss.h"

#include <algorithm>
#include <utility>

namespace pf::control {

void LossCeiling::on_totals(const ReceptionTotals& totals, const Sending& sending,
                            LocalTime now) noexcept {
  if (!window_began_) {
    before_ = totals;
    window_began_ = now;
  }
  relax(now);
  const std::uint64_t sent =
      totals.packets_sent - std::min(before_.packets_sent, totals.packets_sent);
  const Nanos length = now - *window_began_;
  if (length < kWindow || sent < kLeastPackets) return;
  const std::uint64_t opened = totals.packets_opened - before_.packets_opened;
  const std::uint64_t lost = sent > opened ? sent - opened : 0;
  before_ = totals;
  window_began_ = now;
  constexpr double kBitsPerKilobitNs = 8.0 * 1'000'000;  // bytes in a nanosecond → kbit in a second
  const double arrived_kbps = static_cast<double>(opened) * sending.packet_video_bytes *
                              kBitsPerKilobitNs / static_cast<double>(length.count());
  judge({.lost_ppm = static_cast<std::uint32_t>(lost * 1'000'000 / sent),
         .rate_kbps = sending.rate_kbps,
         .arrived_kbps = static_cast<std::uint32_t>(std::min(arrived_kbps, 1e9))},
        now);
}

void LossCeiling::judge(const Window& window, LocalTime now) noexcept {
  const std::uint32_t ppm = window.lost_ppm;
  if (ppm <= tolerated_ppm_ + tolerated_ppm_ / 4 + kMarginPpm) {
    lost_before_ = false;
    const bool had_room = capacity_kbps_ > rate_at_cut_kbps_ * kRoom;
    if (judging_cut_ && alone_ && had_room && now - cut_at_ >= kFloodTime) take_back_cut(now);
    if (judging_cut_ && now - cut_at_ >= kAnswerTime) judging_cut_ = false;
    // What is tolerated follows a radio that gets better, a part of the way each time.
    if (ppm < tolerated_ppm_) tolerated_ppm_ -= (tolerated_ppm_ - ppm) / 16;
    tolerated_ppm_ = std::max(tolerated_ppm_, kUnnoticedPpm);
    return;
  }
  const bool lasts = std::exchange(lost_before_, true);
  if (!judging_cut_) {
    const bool again = taken_back_at_ && now - *taken_back_at_ < kHold;
    if (lasts || ppm >= kFloodPpm) cut(window, now);
    alone_ = judging_cut_ && !lasts && !again;
    return;
  }
  alone_ = false;
  if (now - cut_at_ < (ppm >= kFloodPpm ? kFloodTime : kAnswerTime)) return;
  judging_cut_ = false;
  const bool helped = ppm < ppm_at_cut_ - ppm_at_cut_ / 4;
  if (helped || ppm >= kFloodPpm) return cut(window, now);
  tolerated_ppm_ = ppm;
  ceiling_kbps_.reset();
}

void LossCeiling::take_back_cut(LocalTime now) noexcept {
  judging_cut_ = false;
  taken_back_at_ = now;
  ceiling_kbps_ = ceiling_before_kbps_;
}

void LossCeiling::cut(const Window& window, LocalTime now) noexcept {
  ceiling_before_kbps_ = ceiling_kbps_;
  judging_cut_ = true;
  cut_at_ = now;
  hold_until_ = std::max(hold_until_, now + kHold);
  ppm_at_cut_ = window.lost_ppm;
  rate_at_cut_kbps_ = window.rate_kbps;
  // What arrives is what the way carries; a tenth below it the way is free.
  constexpr double kBelow = 0.9, kMostCut = 0.3, kLeastCut = 0.85;
  const double carried = 1.0 - static_cast<double>(window.lost_ppm) / 1e6;
  const double factor = std::clamp(carried * kBelow, kMostCut, kLeastCut);
  // What is missing was sent before the rate of now was asked for. When that is lower already,
  // because of the queue that overflowed, it is not to be cut for the same fault again.
  const auto lower_kbps =
      static_cast<std::uint32_t>(std::max(window.rate_kbps * factor, window.arrived_kbps * kBelow));
  ceiling_kbps_ = std::min(lower_kbps, ceiling_kbps_.value_or(lower_kbps));
  capacity_at_cut_kbps_ = capacity_kbps_;
}

void LossCeiling::on_keyframe_missed(std::uint32_t rate_kbps, LocalTime now) noexcept {
  const bool again = keyframe_missed_at_ && now - *keyframe_missed_at_ < kKeyframeRow;
  keyframe_missed_at_ = now;
  alone_ = false;
  const auto smaller_kbps =
      static_cast<std::uint32_t>(rate_kbps * (again ? kNextKeyframeCut : kKeyframeCut));
  ceiling_kbps_ = std::min(smaller_kbps, ceiling_kbps_.value_or(smaller_kbps));
  hold_until_ = now + kKeyframeHold;
  capacity_at_cut_kbps_ = capacity_kbps_;
}

void LossCeiling::on_capacity(std::uint32_t kbps) noexcept {
  capacity_kbps_ = kbps;
  if (capacity_at_cut_kbps_ > 0 && kbps > capacity_at_cut_kbps_ * kAnotherLink) {
    ceiling_kbps_.reset();
    alone_ = false;
    capacity_at_cut_kbps_ = 0;
  }
}

void LossCeiling::relax(LocalTime now) noexcept {
  if (!ceiling_kbps_ || now < hold_until_) return;
  hold_until_ += seconds(1);
  constexpr std::uint32_t kNoLimitKbps = 20'000'000;
  *ceiling_kbps_ += *ceiling_kbps_ / 12;
  if (*ceiling_kbps_ > kNoLimitKbps) ceiling_kbps_.reset();
}

}  // namespace pf::control
