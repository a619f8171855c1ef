// What a sweep found: as a table for people, as JSON for programs.
#pragma once

#include <string>
#include <vector>

#include "tools/loss-harness/sweep.h"

namespace pf::loss_harness {

// A row for each curve, a column for each loss, ending with a line break.
std::string table(const std::vector<Curve>& curves);

// Everything: {"schema": 1, seed, frames, shard_bytes, mean_burst_packets, curves: [{field,
// pattern, fec_percent, frame_bytes, data_packets, parity_packets, blocks, points: [{loss_percent,
// packets_sent, packets_lost, frames_survivable, frames_delivered, frames_damaged, delivered,
// bound}]}]}. Fields are added, never renamed; otherwise `schema` counts up.
std::string json(const SweepPlan& plan, const std::vector<Curve>& curves);

// The largest distance of a curve's points to their bounds, in percentage points.
double farthest_from_bound(const Curve& curve) noexcept;

// 104000 as "104 kB".
std::string human_bytes(std::uint32_t bytes);

}  // namespace pf::loss_harness
