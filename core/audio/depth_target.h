// How much sound shall wait: as little as the unevenness allows that has been seen lately.
//
// Two things are looked at. How unevenly packets come, which is known before anything is played
// (jitter_estimate.h). And how far what waits dips below its mean, which counts everything:
// bursts, the output's cycles, and whoever in between was not run in time. The worst dip of the
// last 15 to 20 seconds must leave kReserve over, so that one that is a little worse still runs
// into nothing. Before anything was seen the worst is taken to be kFirst less that reserve; and a
// long one is rather heard than all sound is late for it.
//
// A dip counts once what waits grows again: where it does not, the host has stopped sending.
//
// It falls by a fortieth of what is too much in a second, so what happened once a minute is not
// forgotten before it happens again. What moves it moves the pitch, by 0.3 % at most. Pure; time is
// counted in sound that was played.
#pragma once

#include <array>
#include <cstddef>

#include "core/base/time.h"

namespace pf::audio {

class DepthTarget {
 public:
  // Of what waits right after sound was taken out, in the mean. The least leaves room for a packet
  // that comes again with its successor, 5 ms later, and half a packet of sawtooth.
  static constexpr Nanos kLeast = milliseconds(12);
  static constexpr Nanos kMost = milliseconds(150);
  // Bursts of 1024 samples and an output that asks for as many at once; or a machine that stands
  // still for as long.
  static constexpr Nanos kFirst = milliseconds(30);
  static constexpr Nanos kReserve = milliseconds(7);
  static constexpr Nanos kMostDip = milliseconds(40);

  struct Arrivals {
    Nanos uneven{0};     // by how much packets usually come late
    Nanos worst_dip{0};  // of late
  };

  DepthTarget() noexcept { worst_dips_.fill(kFirst - kReserve); }

  Nanos now() const noexcept { return now_; }

  // Nothing is played yet: what is known of the arrivals is believed at once.
  void prepare(const Arrivals& arrivals) noexcept;

  // After `played` more of sound, with `depth` waiting. How fast the target falls, as a share of
  // what is played; below 0: it rises.
  double update(Nanos depth, const Arrivals& arrivals, Nanos played) noexcept;

  // So much was made up for want of sound, and what came late is played besides.
  void on_made_up(Nanos span) noexcept;
  // What waits has been changed by other means, or sound has stopped: its mean begins anew.
  void forget_mean() noexcept { averaged_ = dip_ = {}; }

 private:
  static constexpr Nanos kBlock = seconds(5);
  static constexpr std::size_t kBlocks = 4;           // as many are remembered
  static constexpr Nanos kMeanOver = seconds(2);      // what is slower is drift
  static constexpr Nanos kMeanUnknown = seconds(1);   // dips are not told from the mean before
  static constexpr double kFallPerSecond = 1.0 / 40;  // of what is too much
  static constexpr double kMostFall = 0.001;          // slower than the ear notices
  static constexpr double kRise = 0.003;              // 5 cents, until there is enough

  void look_for_dip(Nanos depth, Nanos played) noexcept;
  void note_dip(Nanos dip) noexcept;
  Nanos wished(const Arrivals& arrivals) const noexcept;

  Nanos now_ = kFirst;
  std::array<Nanos, kBlocks> worst_dips_;
  std::size_t block_ = 0;
  Nanos in_block_{0};
  Nanos dip_{0};  // under way
  Nanos mean_{0};
  Nanos averaged_{0};  // what the mean is of, at most kMeanOver
};

}  // namespace pf::audio
