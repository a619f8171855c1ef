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
  struct wl_listener needs_frame;
};

/* NULL: no memory, or the number is taken. The mode must have passed pf_mode_problem(). */
struct pf_output* pf_output_create(struct pf_desktop* desktop, uint32_t number,
                                   const struct pf_mode* mode);
bool pf_output_set_mode(struct pf_output* output, const struct pf_mode* mode);
void pf_output_destroy(struct pf_output* output);

struct pf_output* pf_output_find(struct pf_desktop* desktop, uint32_t number);
struct pf_output* pf_output_from(struct wlr_output* output); /* NULL for NULL */

#endif
