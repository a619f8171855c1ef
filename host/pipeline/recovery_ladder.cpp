#include "host/pipeline/recovery_ladder.h"

#include <algorithm>

namespace pf::pipeline {

RecoveryLadder::Step RecoveryLadder::after_failure(Part part, Nanos flowed) noexcept {
  if (flowed >= kForgottenAfter) {
    failures_ = 0;
  } else if (flowed >= kWorthIt) {
    failures_ = std::max(failures_ - 1, 0);
  }
  ++failures_;
  // A display is not to blame for what an encoder does.
  const bool blamed = part == Part::capture && failures_ > kReopens;
  if (failures_ > kReopens + kNewDisplays) {
    failures_ = kReopens + kNewDisplays + 1;
    return {.rung = Rung::now_and_then, .new_display = blamed, .pause = kSlowPause};
  }
  return {.rung = blamed ? Rung::new_display : Rung::reopen, .new_display = blamed};
}

RecoveryLadder::Step RecoveryLadder::after_refusal() noexcept {
  failures_ = kReopens + kNewDisplays + 1;
  return {.rung = Rung::now_and_then, .pause = kSlowPause};
}

}  // namespace pf::pipeline
