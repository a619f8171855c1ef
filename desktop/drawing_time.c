#include "desktop/drawing_time.h"

/* For the way to the client and back, and for what else this thread is doing. */
#define MARGIN_NS 1500000ll
#define LEAST_BUDGET_NS 2000000ll
/* Beyond this a client was not drawing but waiting for something to draw. */
#define SLOWEST_NS 250000000ll
/* Each drawing moves what we expect by a part of the distance: quickly up, slowly down (half of it
 * in 22 drawings). One hiccup must not cost seconds of latency, since being late once costs no more
 * than it is late. */
#define RISING 4
#define FADING 32

void pf_drawing_time_add(struct pf_drawing_time* time, int64_t drawing_ns) {
  if (drawing_ns < 0 || drawing_ns > SLOWEST_NS) return;
  if (!time->known)
    time->usual_ns = drawing_ns;
  else if (drawing_ns > time->usual_ns)
    time->usual_ns += (drawing_ns - time->usual_ns) / RISING;
  else
    time->usual_ns -= (time->usual_ns - drawing_ns) / FADING;
  time->known = true;
}

int64_t pf_drawing_time_budget_ns(const struct pf_drawing_time* time, int64_t period_ns) {
  if (!time->known) return period_ns;
  int64_t budget_ns = time->usual_ns + MARGIN_NS;
  if (budget_ns < LEAST_BUDGET_NS) budget_ns = LEAST_BUDGET_NS;
  return budget_ns < period_ns ? budget_ns : period_ns;
}
