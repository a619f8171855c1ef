// Channels that lose packets.
//
// All are one Markov chain of two states (Gilbert, Bell System Technical Journal 39, 1960): in the
// bad state a packet is lost, in the good state it arrives. Loss at random is the chain without a
// memory.
#pragma once

#include "core/base/rng.h"

namespace pf::loss_harness {

inline constexpr double kMaxLoss = 0.5;  // a stream with more is not watchable whatever the code

struct LossModel {
  double loss = 0;     // fraction of packets lost in the long run, 0 … kMaxLoss
  double to_bad = 0;   // chance that a packet is lost after one that arrived
  double to_good = 1;  // chance that a packet arrives after one that was lost

  // Every packet for itself.
  static LossModel random(double loss) noexcept {
    return {.loss = loss, .to_bad = loss, .to_good = 1 - loss};
  }
  // Runs of lost packets, `mean_packets` (at least 1) long on average.
  static LossModel bursts(double loss, double mean_packets) noexcept {
    return {.loss = loss, .to_bad = loss / (1 - loss) / mean_packets, .to_good = 1 / mean_packets};
  }
};

// Frames meet the channel independently of each other: the pause between two is longer than a
// burst.
class LossChannel {
 public:
  LossChannel(const LossModel& model, std::uint64_t seed) noexcept : model_(model), rng_(seed) {}

  void begin_frame() noexcept { bad_chance_ = model_.loss; }
  bool loses_next_packet() noexcept {
    const bool lost = rng_.unit() < bad_chance_;
    bad_chance_ = lost ? 1 - model_.to_good : model_.to_bad;
    return lost;
  }

 private:
  LossModel model_;
  SeededRng rng_;
  double bad_chance_ = 0;  // of the next packet
};

}  // namespace pf::loss_harness
