#include "sim/link.h"

#include <algorithm>
#include <functional>

namespace pf::sim {

void Link::send(Bytes datagram, LocalTime now) {
  ++sent_;
  if (now < cut_until_ || rng_.unit() < faults_.loss) {
    ++lost_;
    return;
  }
  deliver(datagram, now);
  if (rng_.unit() < faults_.duplication) deliver(datagram, now);
}

void Link::deliver(Bytes datagram, LocalTime now) {
  LocalTime due = now + faults_.delay;
  if (faults_.jitter > Nanos(0))
    due += Nanos(rng_.below(static_cast<std::uint64_t>(faults_.jitter.count())));
  if (rng_.unit() < faults_.reordering) due += faults_.held_back;
  in_flight_.push_back({due, sent_, {datagram.begin(), datagram.end()}});
  std::push_heap(in_flight_.begin(), in_flight_.end(), std::greater<>());
}

std::optional<std::vector<std::byte>> Link::arrive(LocalTime now) {
  if (in_flight_.empty() || in_flight_.front().due > now) return std::nullopt;
  std::pop_heap(in_flight_.begin(), in_flight_.end(), std::greater<>());
  std::vector<std::byte> bytes = std::move(in_flight_.back().bytes);
  in_flight_.pop_back();
  return bytes;
}

std::optional<LocalTime> Link::next_arrival() const {
  if (in_flight_.empty()) return std::nullopt;
  return in_flight_.front().due;
}

}  // namespace pf::sim
