#include "core/control/mode_switch.h"

namespace pf::control {

ModeSwitch::Answer ModeSwitch::on_request(const DisplayMode& wanted, LocalTime now) noexcept {
  const bool too_early = accepted_at_ && now - *accepted_at_ < kSpacing;
  if (too_early || !possible(wanted)) return {.message = {.accepted = false, .mode = mode_}};
  const bool rebuild = wanted != mode_;
  if (rebuild) {
    accepted_at_ = now;
    under_way_ = wanted;
    mode_ = wanted;
  }
  return {.message = {.accepted = true, .mode = wanted}, .rebuild = rebuild};
}

std::optional<message::Reconfigured> ModeSwitch::on_built(const std::optional<DisplayMode>& asked,
                                                          const DisplayMode& mode) noexcept {
  if (under_way_ && asked != under_way_) return std::nullopt;
  under_way_.reset();
  if (mode == mode_) return std::nullopt;
  mode_ = mode;
  return message::Reconfigured{.accepted = true, .mode = mode};
}

bool ModeSwitch::possible(const DisplayMode& mode) const noexcept {
  if (!limits_ || mode.refresh.numerator == 0 || mode.refresh.denominator == 0) return false;
  const SizePx size = mode.size_px;
  return size.width >= limits_->smallest_px.width && size.height >= limits_->smallest_px.height &&
         size.width <= limits_->largest_px.width && size.height <= limits_->largest_px.height &&
         mode.refresh.numerator <=
             std::uint64_t{limits_->highest_refresh_hz} * mode.refresh.denominator;
}

void ModeRequests::want(const DisplayMode& mode) noexcept {
  if (wanted_ == mode) return;
  attempts_ = 0;
  wanted_ = mode;
  // What is in force needs no request, unless one for another mode is on its way.
  if (mode == in_force_ && !asked_) wanted_.reset();
}

std::optional<ModeRequests::News> ModeRequests::on_answer(
    const message::Reconfigured& answer) noexcept {
  in_force_ = answer.mode;
  // A yes names the mode that was asked for; with another one it is a correction, and the answer is
  // still to come.
  const bool correction = answer.accepted && asked_ != answer.mode;
  if (!correction) asked_.reset();
  if (answer.accepted) {
    if (wanted_ == in_force_) wanted_.reset();
    return News{.accepted = true, .mode = in_force_};
  }
  if (!wanted_ || attempts_ < kMaxAttempts) return std::nullopt;  // it is asked again
  wanted_.reset();
  return News{.accepted = false, .mode = in_force_};
}

std::optional<LocalTime> ModeRequests::next_timeout() const noexcept {
  if (!wanted_) return std::nullopt;
  if (!asked_at_) return LocalTime{};
  return *asked_at_ + (asked_ ? kAnswerPatience : kSpacing);
}

std::optional<message::Reconfigure> ModeRequests::poll(LocalTime now) noexcept {
  const auto due = next_timeout();
  if (!due || *due > now) return std::nullopt;
  if (attempts_ == kMaxAttempts) {
    wanted_.reset();  // its last request was not answered either
    return std::nullopt;
  }
  ++attempts_;
  asked_ = wanted_;
  asked_at_ = now;
  return message::Reconfigure{.mode = *wanted_};
}

}  // namespace pf::control
