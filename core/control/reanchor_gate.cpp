#include "core/control/reanchor_gate.h"

#include <algorithm>

namespace pf::control {

void ReanchorGate::arm(std::uint32_t expected_drops, LocalTime now) noexcept {
  recovery_ = Recovery();  // refresh marks before this loss heal nothing of it
  recovery_.on_gap(0, 0, now);
  deadline_ = now + Recovery::kFreeze;
  expected_drops_ += expected_drops;
}

bool ReanchorGate::on_decoded(const FrameArrived& frame, LocalTime now) noexcept {
  silent_units_ = 0;
  recovery_.on_frame(frame, now);
  if (frame.recovery_point) deadline_ = now + Recovery::kFreezeWithMarks;
  return !holding();
}

bool ReanchorGate::on_no_output(LocalTime now) noexcept {
  if (++silent_units_ < kSilentUnits) return false;
  silent_units_ = 0;
  arm(0, now);
  return true;
}

bool ReanchorGate::poll(std::uint64_t frames_dropped, LocalTime now) noexcept {
  const std::uint64_t grown = frames_dropped - std::min(frames_dropped, frames_dropped_);
  frames_dropped_ += grown;
  const std::uint64_t known = std::min(grown, expected_drops_);
  expected_drops_ -= known;
  if (grown > known) {
    arm(0, now);
    return true;
  }
  if (!holding() || now < deadline_) return false;
  deadline_ = now + Recovery::kFreeze;
  return true;
}

}  // namespace pf::control
