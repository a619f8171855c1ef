#include "core/audio/drift.h"

#include <algorithm>

namespace pf::audio {

void DriftControl::update(Nanos excess, Nanos played, double shrinking) noexcept {
  const double excess_s = std::chrono::duration<double>(excess).count();
  const double played_s = std::chrono::duration<double>(played).count();
  smooth_s_ += (excess_s - smooth_s_) * std::min(played_s / kSmoothing_s, 1.0);
  const double wished = kProportional * smooth_s_ + drift_ + shrinking;
  correction_ = std::clamp(wished, -kMaxCorrection, kMaxCorrection);
  // While the correction is at its bound the integral would only wind up.
  if (correction_ == wished) {
    drift_ = std::clamp(drift_ + kIntegral * smooth_s_ * played_s, -kMaxDrift, kMaxDrift);
  }
}

}  // namespace pf::audio
