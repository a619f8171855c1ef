/* The instants at which an output refreshes: base + k * denominator / numerator seconds, for k = 0,
 * 1, 2, …
 *
 * Computed from the index each time, in 128 bits, so that 60000/1001 Hz stays exact for ever:
 * adding up a rounded period would drift by milliseconds a day. Pure; CLOCK_MONOTONIC nanoseconds
 * come in as arguments. C11 and C++. */
#ifndef PF_DESKTOP_REFRESH_CLOCK_H
#define PF_DESKTOP_REFRESH_CLOCK_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pf_refresh_clock {
  int64_t base_ns;
  uint32_t numerator, denominator; /* Hz as a fraction; neither is 0 */
};

int64_t pf_refresh_deadline_ns(const struct pf_refresh_clock* clock, int64_t index);

/* The newest index whose deadline is not after `now_ns`; negative before the base. */
int64_t pf_refresh_index_at(const struct pf_refresh_clock* clock, int64_t now_ns);

/* All deadlines come so much later; negative: earlier. At most half a period either way, so that
 * none is passed over and none comes twice. */
void pf_refresh_shift(struct pf_refresh_clock* clock, int64_t later_ns);

/* Rounded down. */
int64_t pf_refresh_period_ns(const struct pf_refresh_clock* clock);

#ifdef __cplusplus
}
#endif

#endif
