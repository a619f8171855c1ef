#include "core/runtime/system_clock.h"

#include <sys/random.h>
#include <time.h>

#include "core/base/check.h"

namespace pf {
namespace {
Nanos read_clock(clockid_t id) noexcept {
  timespec at;
  clock_gettime(id, &at);
  return seconds(at.tv_sec) + Nanos(at.tv_nsec);
}
}  // namespace

LocalTime SystemClock::now() const noexcept { return LocalTime(read_clock(CLOCK_MONOTONIC)); }

Nanos wire_offset_now() noexcept {
  // The monotonic clock is read on both sides of the real one, so that a preemption in between does
  // not count.
  Nanos best{0};
  Nanos least = Nanos::max();
  for (int i = 0; i < 5; ++i) {
    const Nanos before = read_clock(CLOCK_MONOTONIC);
    const Nanos real = read_clock(CLOCK_REALTIME);
    const Nanos after = read_clock(CLOCK_MONOTONIC);
    if (after - before < least) {
      least = after - before;
      best = real - (before + (after - before) / 2);
    }
  }
  return best;
}

std::uint64_t SystemRng::next() noexcept {
  std::uint64_t word = 0;
  PF_CHECK(getrandom(&word, sizeof word, 0) == sizeof word);
  return word;
}

Nanos thread_cpu_time() noexcept { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

}  // namespace pf
