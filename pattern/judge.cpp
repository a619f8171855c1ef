#include "pattern/judge.h"

namespace pf::pattern {

void PictureJudge::add(const std::optional<Reading>& reading) noexcept {
  ++counts_.shown;
  if (!reading) {
    ++counts_.unreadable;
    return;
  }
  if (reading->torn) {
    ++counts_.torn;
    return;
  }
  const Stamp& stamp = reading->stamp;
  if (!newest_) {
    counts_.first_number = stamp.frame_number;
    begin(stamp);
  } else if (stamp.frame_number > newest_->frame_number) {
    advance(stamp);
  } else if (stamp.frame_number < newest_->frame_number && stamp.drawn_at > newest_->drawn_at) {
    ++counts_.restarts;
    begin(stamp);
  } else {
    look_back(stamp);
  }
  counts_.last_number = newest_->frame_number;
}

void PictureJudge::begin(const Stamp& stamp) noexcept {
  newest_ = stamp;
  first_since_restart_ = stamp.frame_number;
  seen_.reset();
  seen_[0] = true;
  ++counts_.distinct;
}

void PictureJudge::advance(const Stamp& stamp) noexcept {
  const std::uint32_t step = stamp.frame_number - newest_->frame_number;
  counts_.lost += step - 1;
  seen_ = step < kWindow ? seen_ << step : std::bitset<kWindow>{};
  seen_[0] = true;
  newest_ = stamp;
  ++counts_.distinct;
}

void PictureJudge::look_back(const Stamp& stamp) noexcept {
  const std::uint32_t age = newest_->frame_number - stamp.frame_number;
  if (age > 0) ++counts_.reordered;
  if (age >= kWindow) return;
  if (seen_[age]) {
    ++counts_.repeated;
    return;
  }
  seen_[age] = true;
  ++counts_.distinct;
  // A number before the first one had not been missed.
  if (stamp.frame_number > first_since_restart_) --counts_.lost;
}

}  // namespace pf::pattern
