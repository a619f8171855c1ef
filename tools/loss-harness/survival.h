// The theoretical bound: how likely a frame can be put together at all.
//
// A block of k + m packets survives if at most m of them are lost, and no code of k data shards can
// do better. Random loss makes that the binomial distribution; for bursts the count of losses is
// followed through the chain of LossModel, packet by packet, which is exact for a block.
#pragma once

#include <cstdint>

#include "core/video/frame_geometry.h"
#include "tools/loss-harness/loss_channel.h"

namespace pf::loss_harness {

// A block as it lies on the wire: its data packets, packets of other blocks, its parity packets.
struct BlockOnWire {
  std::uint32_t data_count = 0;
  std::uint32_t gap_count = 0;
  std::uint32_t parity_count = 0;
};

double block_survival(const LossModel& model, const BlockOnWire& block);

// That all blocks of a frame survive. Blocks count as independent, which they are at random loss;
// a burst that straddles two of them is shared, so for frames of several blocks the figure is low
// by what those bursts weigh (below 1 percentage point with bursts of 4 in blocks of 200).
double frame_survival(const LossModel& model, const video::FrameGeometry& geometry);

}  // namespace pf::loss_harness
