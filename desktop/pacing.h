/* When clients are told to draw: as late as each can afford.
 *
 * A frame callback right after a refresh makes a client draw at once and what it drew wait for most
 * of a period until it is composited. So the callback is held back until its usual drawing time,
 * plus a margin, before the next deadline: a client which draws in 2 ms at 60 Hz then shows what is
 * 4 ms old instead of 16.7 ms. How long a client takes is measured per surface, from callback to
 * commit, as a maximum that fades.
 *
 * This costs no client its rate. One that needs a period or more gets its callback at once, as
 * ever; one that is late is composited as soon as it comes (output.h); and a commit that was not
 * composited yet holds its callback back. */
#ifndef PF_DESKTOP_PACING_H
#define PF_DESKTOP_PACING_H

#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>

struct pf_desktop;
struct pf_output;
struct wlr_compositor;

/* Watches the surfaces of all clients. */
void pf_pacing_open(struct pf_desktop* desktop, struct wlr_compositor* compositor);

struct pf_pacing {
  int timer_fd;
  struct wl_event_source* timer;
  int64_t deadline_ns; /* what the callbacks that are held back draw for */
};

bool pf_pacing_start(struct pf_output* output);
void pf_pacing_stop(struct pf_output* output);

/* After each refresh of an output: sends or schedules the callbacks for the next one, due at
 * `deadline_ns`. */
void pf_pacing_after_refresh(struct pf_output* output, bool composited, int64_t deadline_ns);

#endif
