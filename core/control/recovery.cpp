#include "core/control/recovery.h"

#include <algorithm>
#include <utility>

namespace pf::control {

void Recovery::on_gap(std::uint32_t first_frame, std::uint32_t last_frame, LocalTime now) noexcept {
  begin(now);
  const std::uint32_t count = last_frame - first_frame + 1;
  if (count > kMaxRange || count == 0) {
    want_keyframe_ = true;
    return;
  }
  // A second gap before the first was asked for: one range over both, as long as that is sensible.
  if (range_ && last_frame - range_->first_frame < kMaxRange) first_frame = range_->first_frame;
  range_ = message::RfiRequest{.first_frame = first_frame, .last_frame = last_frame};
}

void Recovery::on_broken(LocalTime now) noexcept {
  begin(now);
  want_keyframe_ = true;
}

void Recovery::on_frame(const FrameArrived& frame, LocalTime) noexcept {
  if (!since_) return;
  // An anchor heals what was asked for by range, but not a decoder that lost its footing.
  if (frame.keyframe || (frame.recovery_anchor && !want_keyframe_)) return finish();
  if (frame.recovery_point && ++marks_ >= 2) finish();
}

void Recovery::begin(LocalTime now) noexcept {
  if (since_) return;
  since_ = now;
  unanswered_since_ = now;
  frozen_ = true;
  marks_ = 0;
}

void Recovery::finish() noexcept {
  since_.reset();
  frozen_ = false;
  range_.reset();
  want_keyframe_ = false;
}

void Recovery::handle_timeout(LocalTime now) noexcept {
  if (!since_) return;
  if (frozen_ && thaw_at() <= now) frozen_ = false;
  const bool unanswered = !range_ && range_sent_at_ && *range_sent_at_ + kRangePatience <= now;
  if (unanswered) want_keyframe_ = true;
}

std::optional<LocalTime> Recovery::next_timeout() const noexcept {
  if (!since_) return std::nullopt;
  std::optional<LocalTime> earliest;
  const auto consider = [&](LocalTime at) {
    if (!earliest || at < *earliest) earliest = at;
  };
  if (frozen_) consider(thaw_at());
  if (want_keyframe_) {
    consider(keyframe_sent_at_ ? *keyframe_sent_at_ + kKeyframeSpacing : *since_);
  } else if (range_) {
    consider(range_sent_at_ ? *range_sent_at_ + kRangeSpacing : *since_);
  } else if (range_sent_at_) {
    consider(*range_sent_at_ + kRangePatience);
  }
  return earliest;
}

std::optional<Recovery::Request> Recovery::poll_request(LocalTime now) noexcept {
  if (!since_) return std::nullopt;
  if (now - unanswered_since_ >= kAnswerTime) {
    unanswered_since_ = now;
    ++missed_answers_;
  }
  if (keyframe_due(now)) {
    keyframe_sent_at_ = now;
    ++keyframe_requests_;
    range_.reset();  // the key frame answers it too
    return message::RequestKeyframe{};
  }
  if (range_due(now)) {
    range_sent_at_ = now;
    ++range_requests_;
    return *std::exchange(range_, std::nullopt);
  }
  return std::nullopt;
}

bool Recovery::keyframe_due(LocalTime now) const noexcept {
  return want_keyframe_ && (!keyframe_sent_at_ || now - *keyframe_sent_at_ >= kKeyframeSpacing);
}

bool Recovery::range_due(LocalTime now) const noexcept {
  return range_ && !want_keyframe_ && (!range_sent_at_ || now - *range_sent_at_ >= kRangeSpacing);
}

LocalTime Recovery::thaw_at() const noexcept {
  return *since_ + (marks_ > 0 ? kFreezeWithMarks : kFreeze);
}

}  // namespace pf::control
