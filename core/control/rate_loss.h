// Whether what is lost is lost because we send too much.
//
// A full queue and a policer drop more when more is sent; a bad radio drops the same share of
// anything. So the rate is cut once, and if the share stays, it is the radio's: parity's task, and
// tolerated from then on. A radio's burst is over in one window and says nothing about the rate;
// what overflows does so in the next window as well. A flood is answered without waiting for that,
// and the cut is taken back when the flood was over in its window and the link turns out to carry
// more than was sent: that was a radio, silent for longer than the queue before it can hold. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/time.h"
#include "core/control/loss_window.h"

namespace pf::control {

class LossCeiling {
 public:
  static constexpr Nanos kWindow = milliseconds(250);
  static constexpr std::uint64_t kLeastPackets = 50;        // or the window grows
  static constexpr std::uint32_t kUnnoticedPpm = 20'000;    // parity repairs that without a trace
  static constexpr std::uint32_t kMarginPpm = 30'000;       // over what is tolerated and a quarter
  static constexpr Nanos kAnswerTime = milliseconds(1500);  // from a cut to its effect, surely
  // No radio that carries a stream at all loses so much.
  static constexpr std::uint32_t kFloodPpm = 250'000;
  static constexpr Nanos kFloodTime = milliseconds(400);
  // A link of so many times the rate carries that rate, parity and headers included.
  static constexpr double kRoom = 1.3;
  static constexpr Nanos kHold = seconds(6);           // then the ceiling rises again
  static constexpr Nanos kKeyframeHold = seconds(20);  // a picture that stands costs more
  static constexpr double kKeyframeCut = 0.7;
  // And for the next one in a row, which finds out whether the first cut was enough.
  static constexpr double kNextKeyframeCut = 0.5;
  static constexpr Nanos kKeyframeRow = seconds(3);

  // What the host was asked to send, and what a packet holds of it on the average.
  struct Sending {
    std::uint32_t rate_kbps = 0;
    double packet_video_bytes = 0;
  };
  void on_totals(const ReceptionTotals& totals, const Sending& sending, LocalTime now) noexcept;
  // A key frame was asked for and did not arrive. It is some times a usual frame, and
  // a short queue that takes those may never take one; smaller ones get through.
  void on_keyframe_missed(std::uint32_t rate_kbps, LocalTime now) noexcept;
  // The narrowest link carries so much. Once it is much more than at the last cut, that was another
  // link: a radio came nearer.
  void on_capacity(std::uint32_t kbps) noexcept;
  static constexpr double kAnotherLink = 1.6;
  // What was lost until now was lost on purpose.
  void skip(const ReceptionTotals& totals) noexcept { before_ = totals; }

  // Empty: losses set no limit.
  std::optional<std::uint32_t> kbps() const noexcept { return ceiling_kbps_; }

 private:
  struct Window {
    std::uint32_t lost_ppm = 0;
    std::uint32_t rate_kbps = 0;     // as asked for when it ends
    std::uint32_t arrived_kbps = 0;  // of video
  };
  void judge(const Window& window, LocalTime now) noexcept;
  void cut(const Window& window, LocalTime now) noexcept;
  void take_back_cut(LocalTime now) noexcept;
  void relax(LocalTime now) noexcept;

  ReceptionTotals before_;
  std::optional<LocalTime> window_began_;
  std::uint32_t tolerated_ppm_ = kUnnoticedPpm;
  std::optional<std::uint32_t> ceiling_kbps_;
  std::uint32_t capacity_kbps_ = 0, capacity_at_cut_kbps_ = 0;
  LocalTime cut_at_;
  std::optional<LocalTime> keyframe_missed_at_;
  LocalTime hold_until_;
  std::uint32_t ppm_at_cut_ = 0, rate_at_cut_kbps_ = 0;
  bool judging_cut_ = false;
  bool alone_ = false;  // the cut answers a single flood
  // Before it.
  std::optional<std::uint32_t> ceiling_before_kbps_;
  std::optional<LocalTime> taken_back_at_;
  bool lost_before_ = false;  // too much, in the window before
};

}  // namespace pf::control
