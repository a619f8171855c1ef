#include "sim/stream_link.h"

#include <algorithm>
#include <utility>

namespace pf::sim {

void StreamLink::send(Delivery delivery, LocalTime now) {
  if (broken_) return;
  LocalTime due = now + faults_.delay;
  if (now < cut_until_) due = cut_until_ + faults_.retransmission + faults_.delay;
  if (faults_.jitter > Nanos(0))
    due += Nanos(rng_.below(static_cast<std::uint64_t>(faults_.jitter.count())));
  while (rng_.unit() < faults_.loss) due += faults_.retransmission;
  last_due_ = std::max(last_due_, due);
  in_flight_.push_back({last_due_, std::move(delivery)});
}

std::optional<StreamLink::Delivery> StreamLink::arrive(LocalTime now) {
  if (in_flight_.empty() || in_flight_.front().due > now) return std::nullopt;
  Delivery delivery = std::move(in_flight_.front().delivery);
  in_flight_.pop_front();
  return delivery;
}

std::optional<LocalTime> StreamLink::next_arrival() const {
  if (in_flight_.empty()) return std::nullopt;
  return in_flight_.front().due;
}

}  // namespace pf::sim
