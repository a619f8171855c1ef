/* How long one surface takes from callback to commit, learnt from what it took. Pure. C11 and C++.
 */
#ifndef PF_DESKTOP_DRAWING_TIME_H
#define PF_DESKTOP_DRAWING_TIME_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pf_drawing_time {
  int64_t usual_ns;
  bool known;
};

/* One measured drawing. What takes longer than a client ever would is idleness and does not count.
 */
void pf_drawing_time_add(struct pf_drawing_time* time, int64_t drawing_ns);

/* How long before a deadline the callback must go out: between 2 ms and a period. */
int64_t pf_drawing_time_budget_ns(const struct pf_drawing_time* time, int64_t period_ns);

#ifdef __cplusplus
}
#endif

#endif
