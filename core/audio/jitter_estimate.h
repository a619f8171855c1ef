// How unevenly packets arrive, and so how much sound has to wait before it is played.
//
// A packet's delay is what it took longer than the quickest packet of the last two seconds; so
// neither the distance between the clocks nor their drift matters. Wanted is the delay that all but
// one packet in a hundred keep within, over about the last ten seconds: a histogram that forgets,
// as in WebRTC's NetEq (modules/audio_coding/neteq/histogram.h), because the tail is what is heard
// and a mean and a deviation say little about it.
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

 private:
  static constexpr Nanos kBin = milliseconds(1);
  static constexpr std::size_t kBins = kMaxDelay / kBin;
  static constexpr Nanos kBlock = seconds(1);  // the quickest of this one and the one before
  static constexpr float kWithin = 0.99F;
  // 2000 packets, ten seconds of 5 ms.
  static constexpr float kForget = 1.0F / 2000;

  void begin_again(std::int64_t transit_ns, LocalTime at) noexcept;
  void count(Nanos delay) noexcept;

  std::array<float, kBins> share_{};  // of the packets, by delay; the sum is counted_
  float counted_ = 0;                 // 0 … 1: how much of the memory has been filled
  std::optional<LocalTime> block_began_;
  std::int64_t newest_ns_ = 0;  // transit: arrival minus stamp, of no absolute meaning
  std::int64_t quickest_ns_ = 0;
  std::int64_t quickest_before_ns_ = 0;
};

}  // namespace pf::audio
