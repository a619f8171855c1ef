// The ends' clocks in simulated time. The world's time is the host's; the client's clock and the
// wire's run beside it, far enough away that nobody gets by with mixing them up.
#pragma once

#include <chrono>
#include <cstdint>

#include "core/base/time.h"

namespace pf::sim {

inline constexpr LocalTime kWorldStart{std::chrono::hours(1)};
inline constexpr Nanos kClientAhead = std::chrono::hours(31);
inline constexpr Nanos kWireAhead = std::chrono::hours(24 * 365 * 56);

// For sentences: whole milliseconds, rounded towards zero.
constexpr std::int64_t whole_ms(Nanos span) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
}

constexpr LocalTime to_client(LocalTime world) { return world + kClientAhead; }
constexpr LocalTime to_world(LocalTime client) { return client - kClientAhead; }
constexpr WireTime to_wire(LocalTime world) { return WireTime(world.since_epoch() + kWireAhead); }

}  // namespace pf::sim
