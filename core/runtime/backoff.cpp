#include "core/runtime/backoff.h"

#include <algorithm>

namespace pf {

Nanos Backoff::after_failure(LocalTime began, LocalTime now) noexcept {
  if (now - began >= policy_.forgotten_after) {
    next_ = policy_.first;
    failures_ = 0;
  }
  ++failures_;
  const Nanos pause = next_;
  next_ = std::min(next_ * 2, policy_.longest);
  return pause;
}

}  // namespace pf
