// How a way loses packets, as far as stock clients tell: they report the blocks that needed their
// parity or were lost (FecStatus). From that follows how much parity a block needs.
//
// The model: bursts hit blocks at random (a Poisson process over the packets), each takes the same
// number of packets. The share of blocks that were hit gives the bursts of a block, what they miss
// the length of a burst. Old blocks count less and less. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/time.h"
#include "host/gamestream/protocol/control_messages.h"

namespace pf::gamestream {

class BlockLosses {
 public:
  // What is so old counts for a third. Short enough to follow a walk through a flat, long enough to
  // have seen the losses of a few hundred blocks.
  static constexpr Nanos kMemory = seconds(4);
  // Of blocks that are still lost. One of two thousand is one picture in half a minute.
  static constexpr double kAcceptedLoss = 0.0005;

  // Blocks and packets that left, parity included; `passed`: since the last call.
  void on_sent(double blocks, double packets, Nanos passed) noexcept;
  void on_report(const FecStatus& status) noexcept;

  // Packets of a block that a report says are missing. More than it had: nonsense, and 0.
  static std::uint32_t missing_packets(const FecStatus& status) noexcept;

  // That a block of so many data packets should have; at most kMaxParityPercent of them.
  static constexpr std::uint32_t kMaxParityPercent = 100;
  std::uint32_t parity_for(std::uint32_t data_count) const noexcept;

  double packet_loss() const noexcept;  // share
  double burst_packets() const noexcept;

 private:
  double bursts_per_block() const noexcept;

  // Sums, fading.
  double blocks_ = 0, packets_ = 0, hit_blocks_ = 0, missing_ = 0;
  std::optional<std::uint64_t> last_reported_;  // frame and block
};

}  // namespace pf::gamestream
