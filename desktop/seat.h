/* The one seat: its focus and its clipboard. What it has for hands: pointer.h, keyboards.h,
 * touch.h.
 */
#ifndef PF_DESKTOP_SEAT_H
#define PF_DESKTOP_SEAT_H

#include <stdbool.h>
#include <wayland-server-core.h>
#include <wlr/interfaces/wlr_input_device.h>
#include <wlr/interfaces/wlr_keyboard.h>

#include "desktop/pointer.h"

struct pf_desktop;
struct wlr_surface;

struct pf_seat {
  struct wlr_seat* wlr;
  struct pf_pointer pointer;

  struct wlr_input_device own_keyboard_device;
  struct wlr_keyboard own_keyboard;
  struct wl_list keyboards; /* pf_keyboard.link */
  struct wl_listener new_virtual_keyboard;

  struct wl_listener request_selection, request_primary, request_drag;
};

bool pf_seat_open(struct pf_desktop* desktop);
void pf_seat_close(struct pf_desktop* desktop);

void pf_seat_focus_keyboard(struct pf_desktop* desktop, struct wlr_surface* surface);

#endif
