#include "desktop/lateness.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include "desktop/say.h"

/* A program that has not drawn for so long is not waited for any more. */
#define WATCHED_NS 2000000000ll

static void ring_at(struct pf_lateness* lateness, int64_t due_ns) {
  lateness->due_ns = due_ns;
  const struct itimerspec at = {.it_value = pf_timespec(due_ns)}; /* zero disarms it */
  timerfd_settime(lateness->timer_fd, TFD_TIMER_ABSTIME, &at, NULL);
}

void pf_lateness_note(struct pf_lateness* lateness, int64_t due_ns) {
  const int64_t late_ns = pf_now_ns() - due_ns;
  if (late_ns > lateness->late_ns) lateness->late_ns = late_ns;
}

static int on_timer(int fd, uint32_t mask, void* data) {
  struct pf_lateness* lateness = data;
  uint64_t expirations;
  if (read(fd, &expirations, sizeof expirations) != sizeof expirations) return 0;
  if (lateness->due_ns == 0) return 0;
  pf_lateness_note(lateness, lateness->due_ns);
  const bool again = lateness->rings_left > 0 && --lateness->rings_left > 0;
  ring_at(lateness, again ? pf_now_ns() + lateness->period_ns : 0);
  return 0;
}

bool pf_lateness_start(struct pf_lateness* lateness, struct wl_event_loop* loop) {
  *lateness =
      (struct pf_lateness){.timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)};
  if (lateness->timer_fd < 0) return false;
  lateness->timer =
      wl_event_loop_add_fd(loop, lateness->timer_fd, WL_EVENT_READABLE, on_timer, lateness);
  return true;
}

void pf_lateness_stop(struct pf_lateness* lateness) {
  wl_event_source_remove(lateness->timer);
  close(lateness->timer_fd);
}

/* It may have rung, and nobody has looked yet. */
static void look(struct pf_lateness* lateness) {
  if (lateness->due_ns != 0) pf_lateness_note(lateness, lateness->due_ns);
}

void pf_lateness_after_refresh(struct pf_lateness* lateness, int64_t next_ns, int64_t period_ns) {
  look(lateness);
  lateness->period_ns = period_ns;
  lateness->rings_left = (uint32_t)(WATCHED_NS / period_ns);
  /* Half a period after the next picture, so that it never rings while they come. */
  ring_at(lateness, next_ns + period_ns / 2);
}

int64_t pf_lateness_take(struct pf_lateness* lateness) {
  look(lateness);
  const int64_t late_ns = lateness->late_ns;
  lateness->late_ns = 0;
  return late_ns;
}
