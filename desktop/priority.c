#include "desktop/priority.h"

#include <sys/resource.h>

/* As sound servers do it. */
#define RAISED_NICE (-11)

void pf_priority_raise(void) { (void)setpriority(PRIO_PROCESS, 0, RAISED_NICE); }

void pf_priority_reset(void) {
  if (getpriority(PRIO_PROCESS, 0) == RAISED_NICE) (void)setpriority(PRIO_PROCESS, 0, 0);
}
