#include "sim/link.h"

#include <algorithm>
#include <functional>

namespace pf::sim {

Link::Link(const LinkFaults& faults, Rng& rng)
    : faults_(faults), rng_(rng), burst_rng_(rng.next()), state_until_(kWorldStart) {
  const std::uint64_t seed = rng.next();
  if (faults_.bottleneck.there()) queue_.emplace(faults_.bottleneck, seed);
}

void Link::send(Bytes datagram, const Endpoint& client, LocalTime now) {
  ++sent_;
  const std::optional<LocalTime> passed =
      survives(datagram, now) ? pass_queue(datagram, now) : std::nullopt;
  if (!passed) {
    ++lost_;
    return;
  }
  deliver(datagram, client, *passed);
  if (rng_.unit() < faults_.duplication) deliver(datagram, client, *passed);
}

bool Link::survives(Bytes datagram, LocalTime now) {
  if (now < cut_until_) return false;
  const MtuHole& hole = faults_.hole;
  const Nanos since = now - kWorldStart;
  if (hole.largest_bytes > 0 && datagram.size() > hole.largest_bytes && since >= hole.from &&
      since < hole.until) {
    return false;
  }
  return rng_.unit() >= (in_burst(now) ? faults_.bursts.loss : faults_.loss);
}

bool Link::in_burst(LocalTime now) {
  const LossBursts& bursts = faults_.bursts;
  if (bursts.mean_gap == Nanos(0)) return false;
  if (state_until_ == kWorldStart) state_until_ += draw_exponential(burst_rng_, bursts.mean_gap);
  while (state_until_ <= now) {
    in_burst_ = !in_burst_;
    state_until_ += draw_exponential(burst_rng_, in_burst_ ? bursts.mean_length : bursts.mean_gap);
  }
  return in_burst_;
}

std::optional<LocalTime> Link::pass_queue(Bytes datagram, LocalTime now) {
  if (!queue_) return now;
  const auto bytes = static_cast<std::uint32_t>(datagram.size());
  const LocalTime reached = queue_->reach(bytes, now);
  const std::optional<LocalTime> passed = queue_->pass(bytes, reached);
  if (samples_) {
    samples_->push_back({.at = reached,
                         .delay = passed ? *passed - reached : Nanos(0),
                         .bytes = bytes + BottleneckQueue::kHeaderBytes,
                         .dropped = !passed});
  }
  return passed;
}

void Link::deliver(Bytes datagram, const Endpoint& client, LocalTime now) {
  LocalTime due = now + faults_.delay;
  if (faults_.jitter > Nanos(0))
    due += Nanos(rng_.below(static_cast<std::uint64_t>(faults_.jitter.count())));
  if (!faults_.jitter_reorders) due = last_due_ = std::max(due, last_due_);
  if (rng_.unit() < faults_.reordering) due += faults_.held_back;
  in_flight_.push_back({due, sent_, {client, {datagram.begin(), datagram.end()}}});
  std::push_heap(in_flight_.begin(), in_flight_.end(), std::greater<>());
}

std::optional<Arrival> Link::arrive(LocalTime now) {
  if (in_flight_.empty() || in_flight_.front().due > now) return std::nullopt;
  std::pop_heap(in_flight_.begin(), in_flight_.end(), std::greater<>());
  Arrival arrival = std::move(in_flight_.back().arrival);
  in_flight_.pop_back();
  return arrival;
}

std::optional<LocalTime> Link::next_arrival() const {
  if (in_flight_.empty()) return std::nullopt;
  return in_flight_.front().due;
}

}  // namespace pf::sim
