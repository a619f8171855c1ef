/* What a person reads: one line each on standard error, and the monotonic clock. */
#ifndef PF_DESKTOP_SAY_H
#define PF_DESKTOP_SAY_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

void pf_say(const char* format, ...) __attribute__((format(printf, 1, 2)));

/* Says it and answers false, so that `return pf_complain(…)` ends a step that failed. */
bool pf_complain(const char* format, ...) __attribute__((format(printf, 1, 2)));

int64_t pf_now_ns(void); /* CLOCK_MONOTONIC */
struct timespec pf_timespec(int64_t ns);

#endif
