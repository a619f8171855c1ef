// What is tried next when the line of pictures keeps breaking.
//
//   reopen capture and encoder → a new display → give this kind of display up: try now and then
//
// Each time anew costs the client a key frame without anything before it. A capture that breaks as
// soon as it is open would hold him in nothing but those, so only a few tries follow one another
// quickly; after them comes one in ten seconds, for as long as the session lasts. A new display
// ends the programs that run on the old one: it is tried only when it has died anyway, or when
// nothing less gave pictures. Pure: the supervisor (core/runtime/supervised_thread.h) adds its
// backoff, which is shorter. Video thread only.
#pragma once

#include <cstdint>

#include "core/base/time.h"

namespace pf::pipeline {

class RecoveryLadder {
 public:
  enum class Part : std::uint8_t { display, capture, encoder };
  enum class Rung : std::uint8_t {
    reopen,       // capture and encoder
    new_display,  // even if the old one looks alive
    now_and_then,
  };
  struct Step {
    Rung rung = Rung::reopen;
    bool new_display = false;
    Nanos pause{0};  // at least
  };

  // Quick tries at each rung.
  static constexpr int kReopens = 3;
  static constexpr int kNewDisplays = 2;
  static constexpr Nanos kSlowPause = seconds(10);
  // Pictures that flow for so long were worth their key frame: a rung down, so that what breaks
  // every few seconds is opened again at once every time.
  static constexpr Nanos kWorthIt = seconds(2);
  static constexpr Nanos kForgottenAfter = seconds(10);  // of pictures, as the backoff is

  // `part` broke after pictures had flowed for `flowed` (0: not one came).
  Step after_failure(Part part, Nanos flowed) noexcept;
  // Trying again is not likely to mend it: straight to the last rung.
  Step after_refusal() noexcept;

 private:
  int failures_ = 0;  // in a row, less what was worth it
};

}  // namespace pf::pipeline
