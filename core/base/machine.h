// The shape of all protocol logic: bytes, events and `now` go in; outputs and the next wake-up time
// come out. A machine owns no socket, thread, clock or random source, so that it runs in simulated
// time.
#pragma once

#include <concepts>
#include <optional>
#include <utility>

#include "core/base/time.h"

namespace pf {

template <class M>
concept Machine = requires(M m, const M& c, typename M::Input input, LocalTime now) {
  m.handle(std::move(input), now);  // never blocks, never fails: failure is an Output
  m.handle_timeout(now);
  { c.next_timeout() } -> std::same_as<std::optional<LocalTime>>;
  { m.poll() } -> std::same_as<std::optional<typename M::Output>>;  // call until empty
};

// The whole driver, real or simulated.
template <Machine M, class Apply>
void turn(M& machine, LocalTime now, Apply&& apply) {
  if (auto due = machine.next_timeout(); due && *due <= now) machine.handle_timeout(now);
  while (auto output = machine.poll()) apply(std::move(*output));
}

}  // namespace pf
