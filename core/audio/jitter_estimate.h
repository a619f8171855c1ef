// How unevenly packets arrive, and so how much sound has to wait before it is played.
//
// A packet's delay is what it took longer than the quickest packet of the last two seconds; so
// neither the distance between the clocks nor their drift matters. Wanted is the delay that all but
// one packet in a hundred keep within, over about the last ten seconds: a histogram that forgets,
// as in WebRTC's NetEq (modules/audio_coding/neteq/histogram.h), because the tail is what is heard
// and a mean and a deviation say little about it.
//
// A sound server at the host that turns in long cycles sends as many packets at once, and the first
// such burst tells: its oldest packet is late by as much as they will all be, in turn. So the
// slowest of the first second counts until there is a histogram worth the name.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/base/time.h"

namespace pf::audio {

class JitterEstimate {
 public:
  // No buffer of ours waits longer than this. A step of more is a pause or a clock that was set.
  static constexpr Nanos kMaxDelay = milliseconds(200);

  // A packet that was stamped `pts` by the sender's clock came at `arrived_at` of ours.
  void add(WireTime pts, LocalTime arrived_at) noexcept;

  // Between 0, which is also the answer before the first packet, and kMaxDelay.
  Nanos delay() const noexcept;

  // How much later than the mean the latest packet of the last 15 to 20 seconds came: so far does
  // what waits dip below its mean.
  Nanos worst_dip() const noexcept;

 private:
  static constexpr Nanos kBin = milliseconds(1);
  static constexpr std::size_t kBins = kMaxDelay / kBin;
  static constexpr Nanos kBlock = seconds(1);  // the quickest of this one and the one before
  static constexpr float kWithin = 0.99F;
  // Cycles of 2048 samples at 44.1 kHz, and a packet. What spreads wider was held up once.
  static constexpr Nanos kMaxBurst = milliseconds(52);
  static constexpr float kYoung = 0.1F;  // of the memory: the first second
  // 2000 packets, ten seconds of 5 ms.
  static constexpr float kForget = 1.0F / 2000;
  static constexpr Nanos kEra = seconds(5);
  static constexpr std::size_t kEras = 4;

  void begin_again(std::int64_t transit_ns, LocalTime at) noexcept;
  void count(Nanos delay) noexcept;
  void look_for_worst(Nanos delay, LocalTime at) noexcept;
  Nanos usual_delay() const noexcept;

  std::array<float, kBins> share_{};  // of the packets, by delay; the sum is counted_
  float counted_ = 0;                 // 0 … 1: how much of the memory has been filled
  double mean_ns_ = 0;                // of the delays
  std::array<Nanos, kEras> worst_{};  // of each era, in a ring
  std::size_t era_ = 0;
  LocalTime era_began_;
  std::optional<LocalTime> block_began_;
  std::int64_t newest_ns_ = 0;  // transit: arrival minus stamp, of no absolute meaning
  std::int64_t quickest_ns_ = 0;
  std::int64_t quickest_before_ns_ = 0;
  std::int64_t slowest_ns_ = 0;  // of the first second
};

}  // namespace pf::audio
