/* By how much the desktop itself was late: stopped, starved of the processor, or busy in one
 * program's request. Without it a program that was not told to draw, or whose picture lay unread,
 * would look like a program that drew late.
 *
 * A timer that goes on ringing once a period, for as long as pictures come and a little longer, is
 * looked at whenever it should have rung. A still screen lets the desktop sleep. */
#ifndef PF_DESKTOP_LATENESS_H
#define PF_DESKTOP_LATENESS_H

#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>

struct pf_lateness {
  int timer_fd;
  struct wl_event_source* timer;
  int64_t due_ns; /* when it is to ring; 0: not at all */
  int64_t period_ns;
  uint32_t rings_left;
  int64_t late_ns; /* the most since it was asked for */
};

bool pf_lateness_start(struct pf_lateness* lateness, struct wl_event_loop* loop);
void pf_lateness_stop(struct pf_lateness* lateness);

/* A picture was composited, and the next may come at `next_ns`. */
void pf_lateness_after_refresh(struct pf_lateness* lateness, int64_t next_ns, int64_t period_ns);

/* Something was to happen at `due_ns`, and happens now. */
void pf_lateness_note(struct pf_lateness* lateness, int64_t due_ns);

/* The most since the last call. */
int64_t pf_lateness_take(struct pf_lateness* lateness);

#endif
