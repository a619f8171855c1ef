// One direction of a simulated network: datagrams go in at an instant and come out at others, or
// never, or twice. Everything it decides it draws from a seeded source, so that a seed replays a
// run exactly.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/rng.h"
#include "core/base/time.h"

namespace pf::sim {

struct LinkFaults {
  Nanos delay = milliseconds(5);
  Nanos jitter{0};         // up to so much more, drawn for each datagram: more than a gap reorders
  double loss = 0;         // share of datagrams, each by itself
  double duplication = 0;  // share that arrives twice
  double reordering = 0;   // share held back by `held_back`
  Nanos held_back = milliseconds(3);
};

class Link {
 public:
  // `rng` outlives the link.
  Link(const LinkFaults& faults, Rng& rng) : faults_(faults), rng_(rng) {}

  void send(Bytes datagram, LocalTime now);
  // Until then everything sent is lost. What is under way arrives.
  void cut_until(LocalTime end) { cut_until_ = end; }
  // The next arrival, if it is due by `now`.
  std::optional<std::vector<std::byte>> arrive(LocalTime now);
  std::optional<LocalTime> next_arrival() const;

  std::uint64_t sent() const noexcept { return sent_; }
  std::uint64_t lost() const noexcept { return lost_; }

 private:
  struct InFlight {
    LocalTime due;
    std::uint64_t order;  // of sending: ties come out in it
    std::vector<std::byte> bytes;
    bool operator>(const InFlight& other) const {
      return due != other.due ? due > other.due : order > other.order;
    }
  };
  void deliver(Bytes datagram, LocalTime now);

  LinkFaults faults_;
  Rng& rng_;
  LocalTime cut_until_;
  std::vector<InFlight> in_flight_;  // a heap, the next arrival on top
  std::uint64_t sent_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace pf::sim
