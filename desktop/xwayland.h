/* Xwayland: the X server that shows its windows as ours.
 *
 * It costs nothing until the first X11 program connects: then it is started, and again after it
 * ended or died. */
#ifndef PF_DESKTOP_XWAYLAND_H
#define PF_DESKTOP_XWAYLAND_H

#include <stdbool.h>
#include <wayland-server-core.h>

struct pf_desktop;

struct pf_xwayland {
  struct wlr_xwayland* wlr; /* NULL: X11 programs cannot be had */
  int window_manager;       /* our connection to the X server, libwlroots' to close; -1: none */
  struct wl_event_source* retry;
  struct wl_listener client_created, client_destroyed, ready, new_surface;
};

/* Where X servers have their sockets. Before root is given up: only a folder of root's serves all
 * users. */
void pf_xwayland_make_socket_dir(void);

/* Says what it lacks; there is no X11 then, and everything else works. */
void pf_xwayland_open(struct pf_desktop* desktop);
void pf_xwayland_close(struct pf_desktop* desktop);

/* For DISPLAY; NULL: there is none. */
const char* pf_xwayland_display(const struct pf_desktop* desktop);

#endif
