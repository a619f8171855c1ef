// Sends frames through the product's own packetiser, erasure code and reassembler over channels
// that lose packets, and counts what arrives. In memory, one thread; a seed gives the same figures
// again.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/fec/fec_codec.h"

namespace pf::loss_harness {

// A code that sessions can agree on.
struct Field {
  const char* name;  // as --fields takes it
  std::uint8_t fec_scheme;
  std::uint16_t max_shard_count;  // of a block, data and parity
  std::unique_ptr<fec::FecCodec> (*make)(std::uint32_t data_count, std::uint32_t parity_count);
};
std::span<const Field> all_fields() noexcept;

struct SweepPlan {
  std::uint64_t seed = 1;
  std::uint32_t frames = 300;  // through every channel
  std::uint16_t shard_bytes = 1408;
  double mean_burst_packets = 4;
  std::vector<double> loss_percents{0, 1, 2, 3, 5, 7.5, 10, 12.5, 15, 17.5, 20, 25, 30};
  std::vector<std::uint32_t> fec_percents{10, 20, 50};
  std::vector<std::uint32_t> frame_bytes{10'000, 60'000, 250'000};
  std::vector<const Field*> fields;
};

struct Point {
  double loss_percent = 0;  // asked of the channel
  std::uint64_t packets_sent = 0;
  std::uint64_t packets_lost = 0;
  std::uint64_t frames_survivable = 0;  // no block lost more packets than it has parity
  std::uint64_t frames_delivered = 0;
  std::uint64_t frames_damaged = 0;  // delivered with other bytes than were sent
  double bound = 0;                  // fraction of frames that theory lets arrive
};

// One code and frame size, over all losses.
struct Curve {
  std::string field;
  std::string pattern;  // "random" or "bursts"
  std::uint32_t fec_percent = 0;
  std::uint32_t frame_bytes = 0;
  std::uint32_t data_count = 0;
  std::uint32_t parity_count = 0;
  std::uint32_t block_count = 0;
  std::uint32_t frames = 0;  // sent at every point
  std::vector<Point> points;

  double delivered(const Point& point) const noexcept {
    return static_cast<double>(point.frames_delivered) / frames;
  }
};

// By field, then pattern, frame size and parity. `progress` hears how much of the work is done,
// from 0 to 1.
std::vector<Curve> run_sweep(const SweepPlan& plan, const std::function<void(double)>& progress);

// The code did what it owes: every frame that could be put together was, and none was wrong.
bool faithful(const Curve& curve) noexcept;

}  // namespace pf::loss_harness
