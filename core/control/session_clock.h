// The one place where a session's monotonic stamps become the wall-clock stamps that packets carry.
//
// The offset is drawn once, when the session starts, so that stamps never jump or run backwards
// when somebody sets the machine's clock. Everything inside uses LocalTime; only wire edges hold a
// SessionClock. Source: docs/protocol/punktfunk1.md section 14.1.
#pragma once

#include "core/base/time.h"

namespace pf::control {

class SessionClock {
 public:
  // Both read at the same moment: CLOCK_MONOTONIC and CLOCK_REALTIME.
  constexpr SessionClock(LocalTime local, WireTime wire) noexcept
      : offset_(wire.since_epoch() - local.since_epoch()) {}

  constexpr WireTime to_wire(LocalTime at) const noexcept {
    return WireTime(at.since_epoch() + offset_);
  }
  constexpr LocalTime to_local(WireTime at) const noexcept {
    return LocalTime(at.since_epoch() - offset_);
  }

 private:
  Nanos offset_;
};

}  // namespace pf::control
