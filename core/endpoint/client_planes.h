// What a host sends besides pictures, each kind in a queue of its own: whoever is behind with one
// misses nothing of the others.
//
// Values are put in on the control thread; each plane is pulled on one thread, which may be another
// for each. Source: docs/protocol/punktfunk1.md section 9.
#pragma once

#include "core/endpoint/plane_queue.h"
#include "core/message/datagram.h"

namespace pf::endpoint {

class ClientPlanes {
 public:
  // A second of 240 Hz: who looks later than that has no use for them.
  static constexpr std::size_t kMaxHostTimings = 256;

  explicit ClientPlanes(const Clock& clock) : clock_(clock) {}

  // Control thread.
  void on_host_timing(const message::HostTiming& timing) { host_timings_.put(timing); }
  void end() noexcept { host_timings_.end(); }

  // Pullers: the oldest, empty when none came within `patience`, or that it is over.
  PlaneQueue<message::HostTiming>::Pulled next_host_timing(Nanos patience) {
    return host_timings_.pull(patience, clock_);
  }

 private:
  const Clock& clock_;
  PlaneQueue<message::HostTiming> host_timings_{kMaxHostTimings};
};

}  // namespace pf::endpoint
