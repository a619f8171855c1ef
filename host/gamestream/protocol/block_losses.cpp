#include "host/gamestream/protocol/block_losses.h"

#include <algorithm>
#include <cmath>

namespace pf::gamestream {
namespace {

// Before so many blocks left, a single loss is not the rule yet.
constexpr double kFewBlocks = 60;
constexpr double kMostHit = 0.95;
constexpr std::uint32_t kMaxBlockParity = 64;  // as far as it is worth to look

// That more than `count` come where `mean` are expected.
double poisson_above(double mean, std::uint32_t count) noexcept {
  double term = std::exp(-mean), sum = term;
  for (std::uint32_t i = 1; i <= count; ++i) {
    term *= mean / i;
    sum += term;
  }
  return std::max(0.0, 1 - sum);
}

}  // namespace

void BlockLosses::on_sent(double blocks, double packets, Nanos passed) noexcept {
  const double fade = std::exp(-std::chrono::duration<double>(passed).count() /
                               std::chrono::duration<double>(kMemory).count());
  blocks_ = blocks_ * fade + blocks;
  packets_ = packets_ * fade + packets;
  hit_blocks_ *= fade;
  missing_ *= fade;
}

std::uint32_t BlockLosses::missing_packets(const FecStatus& status) noexcept {
  const std::uint32_t all = std::uint32_t{status.data_count} + status.parity_count;
  const std::uint32_t came = std::uint32_t{status.received_data} + status.received_parity;
  if (came > all || status.missing_before_highest > all) return 0;
  // Of a block that was put together the client does not wait for the rest.
  return status.recovered() ? status.missing_before_highest : all - came;
}

void BlockLosses::on_report(const FecStatus& status) noexcept {
  const std::uint64_t which = std::uint64_t{status.frame_index} << 8 | status.block_index;
  const std::uint32_t missing = missing_packets(status);
  if (missing == 0 || last_reported_ == which) return;
  last_reported_ = which;
  hit_blocks_ += 1;
  missing_ += missing;
}

double BlockLosses::bursts_per_block() const noexcept {
  const double hit = hit_blocks_ / std::max(blocks_, kFewBlocks);
  return -std::log1p(-std::min(hit, kMostHit));
}

double BlockLosses::burst_packets() const noexcept {
  const double bursts = bursts_per_block() * std::max(blocks_, kFewBlocks);
  return bursts > 0 ? std::max(1.0, missing_ / bursts) : 1.0;
}

double BlockLosses::packet_loss() const noexcept {
  return packets_ > 0 ? std::min(1.0, missing_ / packets_) : 0.0;
}

std::uint32_t BlockLosses::parity_for(std::uint32_t data_count) const noexcept {
  const double bursts = bursts_per_block();
  if (bursts <= 0 || packets_ <= 0) return 0;
  const double burst = burst_packets();
  const double per_packet = bursts * blocks_ / packets_;
  const std::uint32_t most = std::min(kMaxBlockParity, data_count * kMaxParityPercent / 100);
  for (std::uint32_t parity = 1; parity < most; ++parity) {
    const auto survives = static_cast<std::uint32_t>((parity + 0.5) / burst);
    if (poisson_above(per_packet * (data_count + parity), survives) <= kAcceptedLoss) return parity;
  }
  return most;
}

}  // namespace pf::gamestream
