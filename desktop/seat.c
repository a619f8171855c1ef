#include "desktop/seat.h"

#include <wlr/types/wlr_cursor.h>
#include <wlr/types/wlr_data_device.h>
#include <wlr/types/wlr_output_layout.h>
#include <wlr/types/wlr_pointer.h>
#include <wlr/types/wlr_primary_selection.h>
#include <wlr/types/wlr_relative_pointer_v1.h>
#include <wlr/types/wlr_seat.h>
#include <wlr/types/wlr_virtual_pointer_v1.h>
#include <wlr/types/wlr_xcursor_manager.h>

#include "desktop/desktop.h"
#include "desktop/keyboards.h"
#include "desktop/say.h"

#define CURSOR_PX 24

static void show_arrow(struct pf_seat* seat) {
  wlr_xcursor_manager_set_cursor_image(seat->cursor_theme, "left_ptr", seat->cursor);
}

/* Gives the pointer to what lies under it. `time_ms` 0: the pointer did not move. */
static void update_pointer(struct pf_desktop* desktop, uint32_t time_ms) {
  struct pf_seat* seat = &desktop->seat;
  if (!seat->pointer_used) return;
  double x, y;
  struct wlr_surface* surface =
      pf_shell_surface_at(desktop, seat->cursor->x, seat->cursor->y, &x, &y);
  if (surface == NULL) {
    if (seat->wlr->pointer_state.focused_surface != NULL) show_arrow(seat);
    wlr_seat_pointer_notify_clear_focus(seat->wlr);
    return;
  }
  wlr_seat_pointer_notify_enter(seat->wlr, surface, x, y);
  if (time_ms != 0) wlr_seat_pointer_notify_motion(seat->wlr, time_ms, x, y);
}

void pf_seat_refocus_pointer(struct pf_desktop* desktop) { update_pointer(desktop, 0); }

static void use_pointer(struct pf_seat* seat) {
  if (seat->pointer_used) return;
  seat->pointer_used = true;
  show_arrow(seat);
}

static void on_motion(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, seat.motion);
  const struct wlr_event_pointer_motion* event = data;
  use_pointer(&desktop->seat);
  wlr_relative_pointer_manager_v1_send_relative_motion(
      desktop->seat.relative_pointers, desktop->seat.wlr, (uint64_t)event->time_msec * 1000,
      event->delta_x, event->delta_y, event->unaccel_dx, event->unaccel_dy);
  wlr_cursor_move(desktop->seat.cursor, event->device, event->delta_x, event->delta_y);
  update_pointer(desktop, event->time_msec != 0 ? event->time_msec : 1);
}

static void on_motion_absolute(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, seat.motion_absolute);
  const struct wlr_event_pointer_motion_absolute* event = data;
  use_pointer(&desktop->seat);
  wlr_cursor_warp_absolute(desktop->seat.cursor, event->device, event->x, event->y);
  update_pointer(desktop, event->time_msec != 0 ? event->time_msec : 1);
}

static void on_button(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, seat.button);
  const struct wlr_event_pointer_button* event = data;
  struct pf_seat* seat = &desktop->seat;
  if (event->state == WLR_BUTTON_PRESSED) pf_shell_click(desktop, seat->cursor->x, seat->cursor->y);
  wlr_seat_pointer_notify_button(seat->wlr, event->time_msec, event->button, event->state);
}

static void on_axis(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, seat.axis);
  const struct wlr_event_pointer_axis* event = data;
  wlr_seat_pointer_notify_axis(desktop->seat.wlr, event->time_msec, event->orientation,
                               event->delta, event->delta_discrete, event->source);
}

static void on_frame(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, seat.frame);
  wlr_seat_pointer_notify_frame(desktop->seat.wlr);
}

static void on_new_virtual_pointer(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, seat.new_virtual_pointer);
  const struct wlr_virtual_pointer_v1_new_pointer_event* event = data;
  struct wlr_input_device* device = &event->new_pointer->input_device;
  wlr_cursor_attach_input_device(desktop->seat.cursor, device);
  if (event->suggested_output != NULL)
    wlr_cursor_map_input_to_output(desktop->seat.cursor, device, event->suggested_output);
}

static void on_request_cursor(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, seat.request_cursor);
  const struct wlr_seat_pointer_request_set_cursor_event* event = data;
  if (event->seat_client != desktop->seat.wlr->pointer_state.focused_client) return;
  wlr_cursor_set_surface(desktop->seat.cursor, event->surface, event->hotspot_x, event->hotspot_y);
}

static void on_request_selection(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, seat.request_selection);
  const struct wlr_seat_request_set_selection_event* event = data;
  wlr_seat_set_selection(desktop->seat.wlr, event->source, event->serial);
}

static void on_request_primary(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, seat.request_primary);
  const struct wlr_seat_request_set_primary_selection_event* event = data;
  wlr_seat_set_primary_selection(desktop->seat.wlr, event->source, event->serial);
}

static void on_request_drag(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, seat.request_drag);
  const struct wlr_seat_request_start_drag_event* event = data;
  if (wlr_seat_validate_pointer_grab_serial(desktop->seat.wlr, event->origin, event->serial))
    wlr_seat_start_pointer_drag(desktop->seat.wlr, event->drag, event->serial);
  else
    wlr_data_source_destroy(event->drag->source);
}

void pf_seat_focus_keyboard(struct pf_desktop* desktop, struct wlr_surface* surface) {
  struct wlr_seat* seat = desktop->seat.wlr;
  if (seat == NULL || seat->keyboard_state.focused_surface == surface) return;
  if (surface == NULL) {
    wlr_seat_keyboard_notify_clear_focus(seat);
    return;
  }
  struct wlr_keyboard* keyboard = wlr_seat_get_keyboard(seat);
  wlr_seat_keyboard_notify_enter(seat, surface, keyboard->keycodes, keyboard->num_keycodes,
                                 &keyboard->modifiers);
}

static void listen(struct wl_listener* listener, wl_notify_func_t notify,
                   struct wl_signal* signal) {
  listener->notify = notify;
  wl_signal_add(signal, listener);
}

static bool open_pointer(struct pf_desktop* desktop) {
  struct pf_seat* seat = &desktop->seat;
  struct wlr_virtual_pointer_manager_v1* manager =
      wlr_virtual_pointer_manager_v1_create(desktop->display);
  seat->cursor = wlr_cursor_create();
  seat->cursor_theme = wlr_xcursor_manager_create(NULL, CURSOR_PX);
  seat->relative_pointers = wlr_relative_pointer_manager_v1_create(desktop->display);
  if (manager == NULL || seat->cursor == NULL || seat->cursor_theme == NULL ||
      seat->relative_pointers == NULL)
    return false;
  wlr_cursor_attach_output_layout(seat->cursor, desktop->layout);
  wlr_xcursor_manager_load(seat->cursor_theme, 1);
  listen(&seat->new_virtual_pointer, on_new_virtual_pointer, &manager->events.new_virtual_pointer);
  listen(&seat->motion, on_motion, &seat->cursor->events.motion);
  listen(&seat->motion_absolute, on_motion_absolute, &seat->cursor->events.motion_absolute);
  listen(&seat->button, on_button, &seat->cursor->events.button);
  listen(&seat->axis, on_axis, &seat->cursor->events.axis);
  listen(&seat->frame, on_frame, &seat->cursor->events.frame);
  return true;
}

bool pf_seat_open(struct pf_desktop* desktop) {
  struct pf_seat* seat = &desktop->seat;
  seat->wlr = wlr_seat_create(desktop->display, "seat0");
  if (seat->wlr == NULL || !open_pointer(desktop) || !pf_keyboards_open(desktop)) return false;
  /* From the start and for ever: clients need not see devices come and go. */
  wlr_seat_set_capabilities(seat->wlr, WL_SEAT_CAPABILITY_POINTER | WL_SEAT_CAPABILITY_KEYBOARD);
  listen(&seat->request_cursor, on_request_cursor, &seat->wlr->events.request_set_cursor);
  listen(&seat->request_selection, on_request_selection, &seat->wlr->events.request_set_selection);
  listen(&seat->request_primary, on_request_primary,
         &seat->wlr->events.request_set_primary_selection);
  listen(&seat->request_drag, on_request_drag, &seat->wlr->events.request_start_drag);
  return true;
}

void pf_seat_close(struct pf_desktop* desktop) {
  wlr_cursor_destroy(desktop->seat.cursor);
  wlr_xcursor_manager_destroy(desktop->seat.cursor_theme);
  pf_keyboards_close(desktop);
}
