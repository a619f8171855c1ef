#include "sim/bottleneck.h"

#include <algorithm>

#include "sim/clocks.h"

namespace pf::sim {
namespace {

constexpr std::uint64_t kCrossSeed = 0x63726F7373;

std::uint32_t less(std::uint32_t rate_kbps, std::uint32_t taken_kbps) {
  return rate_kbps > taken_kbps ? rate_kbps - taken_kbps : 0;
}

}  // namespace

BottleneckQueue::BottleneckQueue(const Bottleneck& bottleneck, std::uint64_t seed)
    : bottleneck_(bottleneck),
      capacity_(bottleneck.rate, seed),
      cross_rng_(seed ^ kCrossSeed),
      next_cross_(kWorldStart + bottleneck.cross.off),
      idle_at_(kWorldStart) {}

LocalTime BottleneckQueue::reach(std::uint32_t datagram_bytes, LocalTime now) {
  if (bottleneck_.card_kbps == 0) return now;
  const std::uint64_t bits = std::uint64_t{datagram_bytes + kHeaderBytes} * 8;
  card_idle_at_ =
      std::max(card_idle_at_, now) +
      Nanos(static_cast<std::int64_t>(bits * kNanosPerKilobitPerSecond / bottleneck_.card_kbps));
  return card_idle_at_;
}

std::optional<LocalTime> BottleneckQueue::pass(std::uint32_t datagram_bytes, LocalTime at) {
  if (bottleneck_.cross.on > Nanos(0)) let_others_in(at);
  const std::optional<LocalTime> leaves_at = enqueue(datagram_bytes + kHeaderBytes, at);
  if (!leaves_at) ++dropped_;
  return leaves_at;
}

bool BottleneckQueue::others_on(LocalTime at) const noexcept {
  const CrossTraffic& cross = bottleneck_.cross;
  return cross.on > Nanos(0) && (at - kWorldStart) % (cross.off + cross.on) >= cross.off;
}

// Spaced by half of the mean to one and a half.
void BottleneckQueue::let_others_in(LocalTime now) {
  const CrossTraffic& cross = bottleneck_.cross;
  constexpr std::uint64_t kPacketBits = kCrossPacketBytes * 8;
  const std::uint64_t spacing_ns = kPacketBits * kNanosPerKilobitPerSecond / cross.rate_kbps;
  while (next_cross_ <= now) {
    if (others_on(next_cross_)) {
      enqueue(kCrossPacketBytes, next_cross_);
      next_cross_ +=
          Nanos(static_cast<std::int64_t>(spacing_ns / 2 + cross_rng_.below(spacing_ns)));
    } else {
      const Nanos round = cross.off + cross.on;
      next_cross_ += cross.off - (next_cross_ - kWorldStart) % round;
    }
  }
}

bool BottleneckQueue::has_room(std::uint32_t bytes, LocalTime now) const noexcept {
  if (waiting_.empty()) return true;  // whatever the depth, one packet is under way
  const Bottleneck& bound = bottleneck_;
  if (bound.queue_bytes > 0 && backlog_bytes_ + bytes > bound.queue_bytes) return false;
  return bound.queue == Nanos(0) || idle_at_ - now <= bound.queue;
}

std::optional<LocalTime> BottleneckQueue::enqueue(std::uint32_t bytes, LocalTime now) {
  while (!waiting_.empty() && waiting_.front().leaves_at <= now) {
    backlog_bytes_ -= waiting_.front().bytes;
    waiting_.pop_front();
  }
  if (!has_room(bytes, now)) return std::nullopt;
  idle_at_ = capacity_.serve(std::max(now, idle_at_), std::uint64_t{bytes} * 8);
  waiting_.push_back({idle_at_, bytes});
  backlog_bytes_ += bytes;
  return idle_at_;
}

std::uint32_t BottleneckQueue::available_kbps(LocalTime at) {
  return less(capacity_.rate_kbps(at), others_on(at) ? bottleneck_.cross.rate_kbps : 0);
}

std::uint32_t BottleneckQueue::available_step_kbps(LocalTime at) const noexcept {
  return less(capacity_.step_kbps(at), others_on(at) ? bottleneck_.cross.rate_kbps : 0);
}

}  // namespace pf::sim
