// The real sources of time and randomness. Only `app` folders and tests create them; the rest is
// handed one.
#pragma once

#include "core/base/rng.h"
#include "core/base/time.h"

namespace pf {

class SystemClock final : public Clock {
 public:
  LocalTime now() const noexcept override;  // CLOCK_MONOTONIC
};

// What to add to a LocalTime to get the time as the wire carries it (CLOCK_REALTIME). Drawn once
// per session, so that stamps never jump when somebody sets the clock.
Nanos wire_offset_now() noexcept;

class SystemRng final : public Rng {  // getrandom(2): good for keys
 public:
  std::uint64_t next() noexcept override;
};

// CPU time this thread has used so far.
Nanos thread_cpu_time() noexcept;

}  // namespace pf
