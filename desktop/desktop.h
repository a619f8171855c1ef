/* Everything of one desktop. One thread, one event loop; created by main() and handed around. */
#ifndef PF_DESKTOP_DESKTOP_H
#define PF_DESKTOP_DESKTOP_H

#include <stdbool.h>
#include <wayland-server-core.h>
#include <wlr/backend.h>

#include "desktop/child.h"
#include "desktop/control.h"
#include "desktop/options.h"
#include "desktop/seat.h"
#include "desktop/shell.h"
#include "desktop/touch.h"
#include "desktop/xwayland.h"

struct pf_desktop {
  struct wl_display* display;
  struct wl_event_loop* loop;
  struct wlr_backend backend; /* of our own: no DRM, no headless one, no environment variable */
  struct wlr_renderer* renderer;
  struct wlr_allocator* allocator;
  struct wlr_compositor* compositor;
  struct wlr_scene* scene;
  struct wlr_output_layout* layout;
  struct wl_list outputs; /* pf_output.link */
  char wayland_socket[104];
  int exit_status;
  struct wl_listener new_surface;
  int64_t drawn_ns; /* when a program last gave us something new to show */

  struct pf_shell shell;
  struct pf_seat seat;
  struct pf_touch touch;
  struct pf_xwayland xwayland;
  struct pf_child child;
  struct pf_control control;
};

/* Says why it cannot. */
bool pf_desktop_open(struct pf_desktop* desktop);
void pf_desktop_close(struct pf_desktop* desktop);

/* Ends the event loop; main() returns `exit_status` then. */
void pf_desktop_stop(struct pf_desktop* desktop, int exit_status);

#endif
