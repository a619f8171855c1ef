// When pictures are captured, so that they arrive just before the client's screen latches one.
//
// A picture that misses a latch waits for the next one: at 60 Hz up to 16.7 ms, of which nobody has
// anything. The client measures how long pictures wait for their latch (PhaseMeter, a circular mean
// over the period of its screen) and says so about once a second; the host moves the instants at
// which it captures, a little with each report, until they wait for as long as their jitter
// demands. Purely advisory, and only as good as the reports: one that makes no sense moves nothing,
// and none moves it by more than kMostStep. Pure. Source: docs/protocol/punktfunk1.md sections 6.4,
// 14.4.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/time.h"
#include "core/message/control_message.h"

namespace pf::control {

// Of a report that may be acted upon.
inline constexpr Nanos kLeastPanelPeriod = milliseconds(2);
inline constexpr Nanos kMostPanelPeriod = milliseconds(42);

// The client's side: how long pictures wait for the latch.
class PhaseMeter {
 public:
  // The screen latches at `latch` and every `period` before and after.
  PhaseMeter(LocalTime latch, Nanos period) noexcept : latch_(latch), period_(period) {}

  // A picture could have been shown from now on.
  void on_picture(LocalTime ready) noexcept;

  // What was measured since the last call; empty: too few pictures came. The report's next_latch is
  // the caller's to fill in, with next_latch() in the host's time.
  static constexpr std::uint32_t kLeastPictures = 8;
  std::optional<message::PhaseReport> take_report() noexcept;
  LocalTime next_latch(LocalTime now) const noexcept;

 private:
  LocalTime latch_;
  Nanos period_;
  double sum_x_ = 0, sum_y_ = 0;  // of unit vectors: a lead of the whole period is one of nothing
  std::uint32_t pictures_ = 0;
};

// The host's side.
class PhaseControl {
 public:
  // Pictures are to wait for this and twice the spread of their arrival.
  static constexpr Nanos kLeastLead = microseconds(1500);
  // Closer than this is close enough: moving the grid costs a program one uneven frame.
  static constexpr Nanos kCloseEnough = microseconds(300);
  static constexpr double kGain = 0.6;  // the window a report is about began before the last move
  static constexpr Nanos kMostStep = milliseconds(2);
  // What came sooner after a move was measured before it.
  static constexpr Nanos kSpacing = milliseconds(500);
  static constexpr std::uint16_t kLeastCoherencePermille = 300;
  // A latch further away is another clock's.
  static constexpr Nanos kMostDistance = seconds(2);

  // By how much pictures are to come later from now on; negative: earlier. Empty: not at all.
  // `frame_period` is that of the stream.
  std::optional<Nanos> on_report(const message::PhaseReport& report, Nanos frame_period,
                                 WireTime wire_now, LocalTime now) noexcept;

 private:
  std::optional<LocalTime> moved_at_;
};

}  // namespace pf::control
