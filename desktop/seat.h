/* The one seat: its pointer, its cursor, its focus and its clipboard. Devices come from clients
 * through the virtual pointer and virtual keyboard protocols (keyboards.h).
 *
 * The cursor is drawn into the picture, but only once somebody has moved the pointer: a desktop
 * that nobody points at shows none. */
#ifndef PF_DESKTOP_SEAT_H
#define PF_DESKTOP_SEAT_H

#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>
#include <wlr/interfaces/wlr_input_device.h>
#include <wlr/interfaces/wlr_keyboard.h>

struct pf_desktop;
struct wlr_surface;

struct pf_seat {
  struct wlr_seat* wlr;
  struct wlr_cursor* cursor;
  struct wlr_xcursor_manager* cursor_theme;
  struct wlr_relative_pointer_manager_v1* relative_pointers;
  bool pointer_used;

  struct wlr_input_device own_keyboard_device;
  struct wlr_keyboard own_keyboard;
  struct wl_list keyboards; /* pf_keyboard.link */

  struct wl_listener new_virtual_pointer, new_virtual_keyboard;
  struct wl_listener motion, motion_absolute, button, axis, frame;
  struct wl_listener request_cursor, request_selection, request_primary, request_drag;
};

bool pf_seat_open(struct pf_desktop* desktop);
void pf_seat_close(struct pf_desktop* desktop);

void pf_seat_focus_keyboard(struct pf_desktop* desktop, struct wlr_surface* surface);

/* After windows moved under the pointer. */
void pf_seat_refocus_pointer(struct pf_desktop* desktop);

#endif
