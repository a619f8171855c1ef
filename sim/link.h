// One direction of a simulated network: datagrams go in at an instant and come out at others, or
// never, or twice. Everything it decides it draws from a seeded source, so that a seed replays a
// run exactly. Its weather (bursts, stalls, the course of its rate) has a source of its own and is
// the same whatever is sent.
//
//   sent ─▶ cut? hole? burst? loss? ─▶ bottleneck's queue ─▶ delay, jitter, held back ─▶ arrives
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/endpoint.h"
#include "core/base/rng.h"
#include "core/base/time.h"
#include "sim/bottleneck.h"
#include "sim/clocks.h"

namespace pf::sim {

// Loss that comes in bursts: a good state and a bad one, each as long as an exponential draw says
// (E. N. Gilbert 1960, E. O. Elliott 1963; in continuous time, since interference knows nothing of
// our packets).
struct LossBursts {
  Nanos mean_gap{0};  // the good state; 0: there is no other
  Nanos mean_length = milliseconds(5);
  double loss = 1;  // in the bad state; in the good one LinkFaults::loss
};

// Datagrams above a size vanish without a word, as behind a tunnel whose router may not say so.
struct MtuHole {
  std::uint32_t largest_bytes = 0;  // UDP payload that still passes; 0: there is no hole
  Nanos from{0};                    // since the world's start
  Nanos until = Nanos::max();
};

struct LinkFaults {
  Nanos delay = milliseconds(5);
  Nanos jitter{0};         // up to so much more, drawn for each datagram: more than a gap reorders
  double loss = 0;         // share of datagrams, each by itself
  double duplication = 0;  // share that arrives twice
  double reordering = 0;   // share held back by `held_back`
  Nanos held_back = milliseconds(3);
  bool jitter_reorders = true;  // false: what is late keeps back all behind it, as in a queue
  LossBursts bursts;
  MtuHole hole;
  Bottleneck bottleneck;
};

// The client's address as the host sees it goes with each datagram: where one from the client comes
// from, where one to it is meant to go.
struct Arrival {
  Endpoint client;
  std::vector<std::byte> bytes;
};

// One datagram at the bottleneck.
struct QueueSample {
  LocalTime at;
  Nanos delay{0};  // from its arrival there to its last bit; of a dropped one: nothing
  std::uint32_t bytes = 0;
  bool dropped = false;
};

class Link {
 public:
  // `rng` outlives the link.
  Link(const LinkFaults& faults, Rng& rng);

  // Calls go forward in time.
  void send(Bytes datagram, LocalTime now) { send(datagram, client_, now); }
  void send(Bytes datagram, const Endpoint& client, LocalTime now);
  // What is sent from now on without an address of its own.
  void set_client(const Endpoint& client) noexcept { client_ = client; }
  // Until then everything sent is lost. What is under way arrives.
  void cut_until(LocalTime end) { cut_until_ = end; }
  // The next arrival, if it is due by `now`.
  std::optional<Arrival> arrive(LocalTime now);
  std::optional<LocalTime> next_arrival() const;

  // From now on each datagram that reaches the bottleneck is noted there. `samples` outlives it.
  void note_queue(std::vector<QueueSample>& samples) noexcept { samples_ = &samples; }
  // nullptr: it has none.
  BottleneckQueue* bottleneck() noexcept { return queue_ ? &*queue_ : nullptr; }

  std::uint64_t sent() const noexcept { return sent_; }
  std::uint64_t lost() const noexcept { return lost_; }  // for whatever reason

 private:
  struct InFlight {
    LocalTime due;
    std::uint64_t order;  // of sending: ties come out in it
    Arrival arrival;
    bool operator>(const InFlight& other) const {
      return due != other.due ? due > other.due : order > other.order;
    }
  };
  bool survives(Bytes datagram, LocalTime now);
  bool in_burst(LocalTime now);
  std::optional<LocalTime> pass_queue(Bytes datagram, LocalTime now);
  void deliver(Bytes datagram, const Endpoint& client, LocalTime now);

  const LinkFaults faults_;
  Rng& rng_;
  SeededRng burst_rng_;
  bool in_burst_ = false;
  LocalTime state_until_;  // of good or bad
  std::optional<BottleneckQueue> queue_;
  std::vector<QueueSample>* samples_ = nullptr;
  Endpoint client_;
  LocalTime cut_until_;
  LocalTime last_due_;               // where nothing overtakes
  std::vector<InFlight> in_flight_;  // a heap, the next arrival on top
  std::uint64_t sent_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace pf::sim
