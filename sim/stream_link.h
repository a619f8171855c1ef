// One direction of the control stream over a simulated network: nothing is lost or reordered, as
// QUIC promises, but what the network loses comes a retransmission later, and all behind it waits.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <variant>
#include <vector>

#include "core/base/rng.h"
#include "core/base/time.h"
#include "core/control/session_types.h"

namespace pf::sim {

struct StreamFaults {
  Nanos delay = milliseconds(5);
  Nanos jitter{0};                          // up to so much more
  double loss = 0;                          // of each transmission
  Nanos retransmission = milliseconds(30);  // from a loss to the next try
};

class StreamLink {
 public:
  // Stream bytes, or the end of the connection, after which nothing comes.
  using Delivery = std::variant<std::vector<std::byte>, control::PeerClosed>;

  // `rng` outlives the link.
  StreamLink(const StreamFaults& faults, Rng& rng) : faults_(faults), rng_(rng) {}

  void send(Delivery delivery, LocalTime now);
  // What is sent before then arrives by the first retransmission after it.
  void cut_until(LocalTime end) { cut_until_ = end; }
  // For ever: what is under way and what is sent vanishes.
  void break_off() {
    broken_ = true;
    in_flight_.clear();
  }
  std::optional<Delivery> arrive(LocalTime now);
  std::optional<LocalTime> next_arrival() const;

 private:
  struct InFlight {
    LocalTime due;
    Delivery delivery;
  };
  StreamFaults faults_;
  Rng& rng_;
  LocalTime cut_until_;
  LocalTime last_due_;
  bool broken_ = false;
  std::deque<InFlight> in_flight_;
};

}  // namespace pf::sim
