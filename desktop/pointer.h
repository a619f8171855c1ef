/* The pointer: where it is, what it points at, and the cursor that shows it.
 *
 * Its devices are clients of the virtual pointer protocol. The cursor is drawn into the picture,
 * but only once somebody has moved the pointer: a desktop that nobody points at shows none.
 *
 * Its position is our own, in layout coordinates: that of wlr_cursor ends at the last whole logical
 * pixel of an output, which at fractional scales is not the last pixel of the picture. */
#ifndef PF_DESKTOP_POINTER_H
#define PF_DESKTOP_POINTER_H

#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>

struct pf_desktop;
struct wlr_pointer_constraint_v1;

struct pf_pointer {
  double x, y;
  /* Where the pointer would be if no program held it: what the next absolute position is compared
   * with, so that a game whose person sends only positions still learns of movement. */
  double free_x, free_y;
  /* Of the surface that has the pointer, its upper left corner. */
  double surface_left, surface_top;
  bool used;

  struct wlr_cursor* cursor; /* draws, and gathers the devices */
  struct wlr_xcursor_manager* cursor_theme;
  struct wlr_relative_pointer_manager_v1* relative;
  struct wl_list devices; /* pf_pointer_device.link */

  struct wlr_pointer_constraints_v1* constraints;
  struct wlr_pointer_constraint_v1* active_constraint; /* or NULL */
  struct wl_listener new_constraint;

  struct wl_listener new_device;
  struct wl_listener motion, motion_absolute, button, axis, frame;
  struct wl_listener request_cursor;
};

bool pf_pointer_open(struct pf_desktop* desktop);
void pf_pointer_close(struct pf_desktop* desktop);

/* After windows moved under the pointer, or the keyboard's focus did. */
void pf_pointer_refocus(struct pf_desktop* desktop);

/* After an output's scale changed: the cursor's picture for it. */
void pf_pointer_fit_cursor(struct pf_desktop* desktop);

#endif
