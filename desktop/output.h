/* One output: a picture of exactly the asked size, refreshed at exactly the asked rate while
 * something changes and not at all while nothing does.
 *
 * The deadlines are a fixed grid (refresh_clock.h) on a timerfd. wlr_output.frame_pending is kept
 * true between them: false would let wlroots send an extra frame off the grid at any time. */
#ifndef PF_DESKTOP_OUTPUT_H
#define PF_DESKTOP_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include <wlr/types/wlr_output.h>
#include <wlr/util/box.h>

#include "desktop/capture.h"
#include "desktop/lateness.h"
#include "desktop/options.h"
#include "desktop/pacing.h"
#include "desktop/refresh_clock.h"

struct pf_desktop;
struct wlr_scene_output;

struct pf_output {
  struct wlr_output base;
  struct wl_list link; /* pf_desktop.outputs */
  struct pf_desktop* desktop;
  struct wlr_scene_output* scene_output;
  uint32_t number; /* the host's for it; also its place in the layout */
  struct pf_mode mode;
  double scale; /* pixels per logical pixel, as exact as it was asked for */
  struct pf_refresh_clock clock;
  struct pf_capture capture;
  struct wlr_box usable; /* what panels leave for windows, in layout coordinates */

  int timer_fd;
  struct wl_event_source* timer;
  bool armed;
  int64_t tick_ns;      /* of the refresh being done or waited for */
  int64_t used_period;  /* index of the newest period that had its refresh */
  int64_t asked_period; /* the same, counting refreshes that showed nothing new */
  struct pf_pacing pacing;
  struct pf_lateness lateness;
  int64_t drawn_ns; /* the newest that a picture of it shows, as in pf_desktop */
  struct wl_listener needs_frame;
};

/* NULL: no memory, or the number is taken. The mode must have passed pf_mode_problem(). */
struct pf_output* pf_output_create(struct pf_desktop* desktop, uint32_t number,
                                   const struct pf_mode* mode);
bool pf_output_set_mode(struct pf_output* output, const struct pf_mode* mode);

/* How many pixels a program's logical pixel gets, in 1/120; 120: programs draw as ever. False: out
 * of bounds (desktop/protocol.h). */
bool pf_output_set_scale(struct pf_output* output, uint32_t scale_120);
void pf_output_destroy(struct pf_output* output);
/* Its refreshes come so much later from the next one on; negative: earlier. */
void pf_output_shift_refresh(struct pf_output* output, int64_t later_ns);

struct pf_output* pf_output_find(struct pf_desktop* desktop, uint32_t number);
struct pf_output* pf_output_from(struct wlr_output* output); /* NULL for NULL */

/* What it covers of the layout, in logical pixels. A logical pixel that lies on it in part counts
 * (wlroots' own box leaves it out, so 1281 x 721 pixels at scale 1.5 would lose a row). */
struct wlr_box pf_output_box(const struct pf_output* output);

/* Where a pixel of its picture lies in the layout, exactly. Outside of the picture: the last pixel
 * before it. */
void pf_output_point(const struct pf_output* output, double x_px, double y_px, double* x,
                     double* y);

/* The point of any output that is nearest to this one; the point itself when there is no output. */
void pf_output_nearest_point(struct pf_desktop* desktop, double* x, double* y);

#endif
