#include "core/audio/sound_timeline.h"

#include <algorithm>

namespace pf::audio {

std::size_t SoundTimeline::begin_sound(LocalTime captured_at) noexcept {
  if (!next_) next_ = captured_at;
  if (!quiet_) {
    steer(captured_at - *next_);
    return 0;
  }
  quiet_ = false;
  begin_window();
  return join(captured_at);
}

// Sound that begins earlier than the silence before it ends simply follows it.
std::size_t SoundTimeline::join(LocalTime captured_at) noexcept {
  const Nanos hole = captured_at - *next_;
  if (hole <= Nanos(0)) return 0;
  const Nanos filled = hole <= kMaxFill ? hole / period_ * period_ : Nanos(0);
  *next_ += hole - filled;
  return static_cast<std::size_t>(filled / period_);
}

// A late stamp may be the fault of a late thread, so the least late of a window counts. An eighth
// of it at a time follows a clock that is 500 ppm off at a distance of 1.3 ms. When samples fell
// out on the way, the stamps jump over them.
void SoundTimeline::steer(Nanos error) noexcept {
  window_error_ = window_frames_ == 0 ? error : std::min(window_error_, error);
  if (++window_frames_ < kWindowFrames) return;
  const Nanos least = window_error_;
  begin_window();
  *next_ += least > kMostError ? least : std::max(least / 8, -period_ / 2);
}

void SoundTimeline::begin_window() noexcept { window_frames_ = 0; }

bool SoundTimeline::silence_due(LocalTime heard_until) noexcept {
  if (!next_) next_ = heard_until;
  if (heard_until - *next_ < period_) return false;
  if (heard_until - *next_ > kMaxFill) next_ = heard_until - period_;
  quiet_ = true;
  return true;
}

LocalTime SoundTimeline::take() noexcept {
  const LocalTime begins = next_.value_or(LocalTime());
  next_ = begins + period_;
  return begins;
}

}  // namespace pf::audio
