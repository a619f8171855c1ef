#include "desktop/seat.h"

#include <wlr/types/wlr_data_device.h>
#include <wlr/types/wlr_primary_selection.h>
#include <wlr/types/wlr_seat.h>

#include "desktop/desktop.h"
#include "desktop/keyboards.h"
#include "desktop/listen.h"

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
  struct wlr_seat* seat = desktop->seat.wlr;
  struct wlr_touch_point* finger;
  if (wlr_seat_validate_pointer_grab_serial(seat, event->origin, event->serial))
    wlr_seat_start_pointer_drag(seat, event->drag, event->serial);
  else if (wlr_seat_validate_touch_grab_serial(seat, event->origin, event->serial, &finger))
    wlr_seat_start_touch_drag(seat, event->drag, event->serial, finger);
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

bool pf_seat_open(struct pf_desktop* desktop) {
  struct pf_seat* seat = &desktop->seat;
  seat->wlr = wlr_seat_create(desktop->display, "seat0");
  if (seat->wlr == NULL || !pf_pointer_open(desktop) || !pf_keyboards_open(desktop)) return false;
  /* From the start and for ever: clients need not see these come and go. */
  wlr_seat_set_capabilities(seat->wlr, WL_SEAT_CAPABILITY_POINTER | WL_SEAT_CAPABILITY_KEYBOARD);
  pf_listen(&seat->request_selection, on_request_selection,
            &seat->wlr->events.request_set_selection);
  pf_listen(&seat->request_primary, on_request_primary,
            &seat->wlr->events.request_set_primary_selection);
  pf_listen(&seat->request_drag, on_request_drag, &seat->wlr->events.request_start_drag);
  return true;
}

void pf_seat_close(struct pf_desktop* desktop) {
  pf_pointer_close(desktop);
  pf_keyboards_close(desktop);
}
