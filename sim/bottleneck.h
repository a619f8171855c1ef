// The narrowest place of a simulated path: a queue that drops at its tail, served at a rate that
// changes over time, and shared with traffic of others.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "core/base/rng.h"
#include "core/base/time.h"
#include "sim/capacity.h"

namespace pf::sim {

// Somebody else's packets in the same queue, which heed nobody: silent for `off`, then `on`, and so
// on.
struct CrossTraffic {
  std::uint32_t rate_kbps = 0;  // while it is on
  Nanos off{0};
  Nanos on{0};  // 0: there is none
};

struct Bottleneck {
  RateCourse rate;
  // What waits at most, as bytes or as a time at the rate of the moment. 0: no bound of this kind.
  std::uint32_t queue_bytes = 0;
  Nanos queue{0};
  CrossTraffic cross;
  // Of our own network card, in front of it: without it a burst is there all at once. 0: no limit.
  std::uint32_t card_kbps = 0;

  bool there() const noexcept { return !rate.steps.empty(); }
};

class BottleneckQueue {
 public:
  // IPv4 and UDP headers, which take their time on the wire like the rest.
  static constexpr std::uint32_t kHeaderBytes = 28;
  static constexpr std::uint32_t kCrossPacketBytes = 1250;

  // `bottleneck` is there().
  BottleneckQueue(const Bottleneck& bottleneck, std::uint64_t seed);

  // When a datagram of so many bytes that is handed to our card now reaches the queue. Calls go
  // forward in time.
  LocalTime reach(std::uint32_t datagram_bytes, LocalTime now);
  // When it has left the queue that it reached at `at`; nullopt: the queue was full.
  std::optional<LocalTime> pass(std::uint32_t datagram_bytes, LocalTime at);

  // What waits or is being sent, as of the last call.
  std::uint64_t backlog_bytes() const noexcept { return backlog_bytes_; }
  std::uint64_t dropped() const noexcept { return dropped_; }  // of ours

  // What others leave of the rate now, stalls not counted.
  std::uint32_t available_kbps(LocalTime at);
  // The same without the wander: what a step is.
  std::uint32_t available_step_kbps(LocalTime at) const noexcept;

 private:
  struct Waiting {
    LocalTime leaves_at;
    std::uint32_t bytes = 0;
  };

  void let_others_in(LocalTime now);
  bool others_on(LocalTime at) const noexcept;
  bool has_room(std::uint32_t bytes, LocalTime now) const noexcept;
  std::optional<LocalTime> enqueue(std::uint32_t bytes, LocalTime now);

  const Bottleneck bottleneck_;
  Capacity capacity_;
  SeededRng cross_rng_;
  LocalTime card_idle_at_;
  LocalTime next_cross_;
  LocalTime idle_at_;  // when the last one has left
  std::deque<Waiting> waiting_;
  std::uint64_t backlog_bytes_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace pf::sim
