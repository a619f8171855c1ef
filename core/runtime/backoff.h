// How long to wait before opening again what has died. Pure: tested in simulated time.
#pragma once

#include <optional>

#include "core/base/time.h"

namespace pf {

struct BackoffPolicy {
  Nanos first = milliseconds(50);
  Nanos longest = seconds(2);
  Nanos forgotten_after = seconds(10);  // of health: the next failure counts as the first again
};

class Backoff {
 public:
  explicit Backoff(const BackoffPolicy& policy) : policy_(policy), next_(policy.first) {}

  // What worked since `began` has just failed at `now`: the pause before it is opened again. One
  // that never worked began now.
  Nanos after_failure(LocalTime began, LocalTime now) noexcept;
  int failures_in_a_row() const noexcept { return failures_; }

 private:
  BackoffPolicy policy_;
  Nanos next_;
  int failures_ = 0;
};

}  // namespace pf
