#include "desktop/refresh_clock.h"

#define NS_PER_S 1000000000ll

static int64_t floor_div(__int128 dividend, __int128 divisor) {
  __int128 quotient = dividend / divisor;
  if (dividend % divisor < 0) --quotient;
  return (int64_t)quotient;
}

int64_t pf_refresh_deadline_ns(const struct pf_refresh_clock* clock, int64_t index) {
  return clock->base_ns +
         floor_div((__int128)index * clock->denominator * NS_PER_S, clock->numerator);
}

int64_t pf_refresh_index_at(const struct pf_refresh_clock* clock, int64_t now_ns) {
  const __int128 elapsed = (__int128)now_ns - clock->base_ns;
  int64_t index = floor_div(elapsed * clock->numerator, (__int128)clock->denominator * NS_PER_S);
  /* Deadlines are rounded down to whole nanoseconds, so the next one may have been reached already.
   */
  while (pf_refresh_deadline_ns(clock, index + 1) <= now_ns) ++index;
  return index;
}

int64_t pf_refresh_period_ns(const struct pf_refresh_clock* clock) {
  return NS_PER_S * clock->denominator / clock->numerator;
}

void pf_refresh_shift(struct pf_refresh_clock* clock, int64_t later_ns) {
  const int64_t most_ns = pf_refresh_period_ns(clock) / 2;
  if (later_ns > most_ns) later_ns = most_ns;
  if (later_ns < -most_ns) later_ns = -most_ns;
  clock->base_ns += later_ns;
}
