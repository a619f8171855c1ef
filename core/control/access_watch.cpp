#include "core/control/access_watch.h"

#include <algorithm>

namespace pf::control {

std::chrono::seconds AccessWatch::remaining(LocalTime now) const noexcept {
  if (!terms_.until) return seconds(0);
  return std::max(seconds(1), std::chrono::ceil<seconds>(*terms_.until - now));
}

message::AccessUpdate AccessWatch::update(LocalTime now) const noexcept {
  return {.grants = terms_.grants, .remaining = remaining(now)};
}

std::optional<LocalTime> AccessWatch::next_after(LocalTime now) const noexcept {
  if (!terms_.until) return std::nullopt;
  for (const seconds left : kWarnings) {
    if (const LocalTime at = *terms_.until - left; at > now) return at;
  }
  return terms_.until;
}

}  // namespace pf::control
