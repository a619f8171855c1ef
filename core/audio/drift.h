// How much faster or slower than written sound has to be played so that the amount that waits
// stays as wished: two quartz clocks, the host's and the output device's, never agree.
//
// A proportional and integral controller over the smoothed error. The amount that waits is the
// integral of the difference in speed, so the loop is of second order: with kIntegral = w² and
// kProportional = 2·z·w it has w = 0.12 rad/s and a damping z of 1.25. A clock that is 500 ppm off
// moves the amount by less than 1.5 ms before the integral has caught up; packets that come
// unevenly by 10 ms shift the pitch by a few hundred ppm, a few hundredths of a semitone. Time is
// counted in sound that was played; there is no other clock. Pure.
#pragma once

#include "core/base/time.h"

namespace pf::audio {

class DriftControl {
 public:
  // 9 cents: what is audible at all is audible for the second or two after a burst only.
  static constexpr double kMaxCorrection = 0.005;
  // What two clocks may differ: crystals keep within 100 ppm, USB sound cards have been seen at
  // 300.
  static constexpr double kMaxDrift = 0.001;

  // `excess`: what waits above the wish (negative: below), after `played` more of sound.
  // `shrinking`: the wish itself falls by this much of what is played; that is no drift and not
  // learnt as one.
  void update(Nanos excess, Nanos played, double shrinking = 0) noexcept;
  // The amount has been changed by other means (silence, a cut): only what was learnt about the
  // clocks stays.
  void forget_excess() noexcept { smooth_s_ = 0; }

  // Play this much faster: 0.0001 takes 10001 samples where 10000 are written.
  double correction() const noexcept { return correction_; }
  double drift() const noexcept { return drift_; }  // of it, what the clocks differ

 private:
  static constexpr double kProportional = 0.3;  // per second
  static constexpr double kIntegral = 0.0144;   // per second, squared
  static constexpr double kSmoothing_s = 1;

  double smooth_s_ = 0;
  double drift_ = 0;
  double correction_ = 0;
};

}  // namespace pf::audio
