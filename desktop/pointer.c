#include "desktop/pointer.h"

#include <math.h>
#include <stdlib.h>
#include <wlr/types/wlr_cursor.h>
#include <wlr/types/wlr_pointer.h>
#include <wlr/types/wlr_pointer_constraints_v1.h>
#include <wlr/types/wlr_relative_pointer_v1.h>
#include <wlr/types/wlr_seat.h>
#include <wlr/types/wlr_virtual_pointer_v1.h>
#include <wlr/types/wlr_xcursor_manager.h>

#include "desktop/constraint.h"
#include "desktop/desktop.h"
#include "desktop/listen.h"
#include "desktop/output.h"
#include "desktop/say.h"

#define CURSOR_PX 24
/* Buttons that one device holds at once; a further one is ignored. The largest mice have sixteen.
 */
#define MAX_HELD 16

struct pf_pointer_device {
  struct wl_list link; /* pf_pointer.devices */
  struct pf_desktop* desktop;
  struct wlr_input_device* wlr;
  int output; /* its number; -1: none was asked for */
  uint32_t held[MAX_HELD];
  uint32_t held_count;
  struct wl_listener destroy;
};

static void show_arrow(struct pf_pointer* pointer) {
  wlr_xcursor_manager_set_cursor_image(pointer->cursor_theme, "left_ptr", pointer->cursor);
}

static uint32_t now_ms(void) { return (uint32_t)(pf_now_ns() / 1000000); }

/* Gives the pointer to what lies under it; while a button is held, to what it was pressed on. */
static void focus(struct pf_desktop* desktop) {
  struct pf_pointer* pointer = &desktop->seat.pointer;
  struct wlr_seat* seat = desktop->seat.wlr;
  const struct wlr_seat_pointer_state* state = &seat->pointer_state;
  if (state->button_count > 0 && state->focused_surface != NULL && seat->drag == NULL) return;
  double x, y;
  struct wlr_surface* surface = pf_shell_surface_at(desktop, pointer->x, pointer->y, &x, &y);
  if (surface == NULL) {
    if (seat->pointer_state.focused_surface != NULL) show_arrow(pointer);
    wlr_seat_pointer_notify_clear_focus(seat);
  } else {
    pointer->surface_left = pointer->x - x;
    pointer->surface_top = pointer->y - y;
    wlr_seat_pointer_notify_enter(seat, surface, x, y);
  }
  pf_constraint_update(desktop);
}

void pf_pointer_refocus(struct pf_desktop* desktop) {
  if (!desktop->seat.pointer.used) return;
  /* The output that it was on may have gone, or shrunk. */
  struct pf_pointer* pointer = &desktop->seat.pointer;
  pf_output_nearest_point(desktop, &pointer->x, &pointer->y);
  wlr_cursor_warp_closest(pointer->cursor, NULL, pointer->x, pointer->y);
  focus(desktop);
}

static void use(struct pf_pointer* pointer) {
  if (pointer->used) return;
  pointer->used = true;
  show_arrow(pointer);
}

static void tell_relative(struct pf_desktop* desktop, uint32_t time_ms, double dx, double dy) {
  if (dx == 0 && dy == 0) return;
  wlr_relative_pointer_manager_v1_send_relative_motion(
      desktop->seat.pointer.relative, desktop->seat.wlr, (uint64_t)time_ms * 1000, dx, dy, dx, dy);
}

/* To a point of an output, or as near to it as what holds the pointer lets it. */
static void move_to(struct pf_desktop* desktop, uint32_t time_ms, double x, double y) {
  struct pf_pointer* pointer = &desktop->seat.pointer;
  if (!pf_constraint_allows(desktop, &x, &y)) return;
  pointer->x = x;
  pointer->y = y;
  wlr_cursor_warp_closest(pointer->cursor, NULL, x, y);
  focus(desktop);
  if (desktop->seat.wlr->pointer_state.focused_surface != NULL)
    wlr_seat_pointer_notify_motion(desktop->seat.wlr, time_ms, x - pointer->surface_left,
                                   y - pointer->surface_top);
}

static void on_motion(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, seat.pointer.motion);
  const struct wlr_event_pointer_motion* event = data;
  struct pf_pointer* pointer = &desktop->seat.pointer;
  use(pointer);
  tell_relative(desktop, event->time_msec, event->delta_x, event->delta_y);
  double x = pointer->x + event->delta_x, y = pointer->y + event->delta_y;
  pf_output_nearest_point(desktop, &x, &y);
  move_to(desktop, event->time_msec, x, y);
  pointer->free_x = pointer->x;
  pointer->free_y = pointer->y;
}

static struct pf_pointer_device* device_of(struct pf_desktop* desktop,
                                           const struct wlr_input_device* wlr) {
  struct pf_pointer_device* device;
  wl_list_for_each(device, &desktop->seat.pointer.devices,
                   link) if (device->wlr == wlr) return device;
  return NULL;
}

/* What a device's absolute positions are positions on. */
static struct pf_output* output_of(struct pf_desktop* desktop,
                                   const struct pf_pointer_device* device) {
  struct pf_output* output = NULL;
  if (device != NULL && device->output >= 0)
    output = pf_output_find(desktop, (uint32_t)device->output);
  return output != NULL ? output : pf_shell_default_output(desktop);
}

static void on_motion_absolute(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, seat.pointer.motion_absolute);
  const struct wlr_event_pointer_motion_absolute* event = data;
  const struct pf_output* output = output_of(desktop, device_of(desktop, event->device));
  if (output == NULL) return;
  struct pf_pointer* pointer = &desktop->seat.pointer;
  use(pointer);
  double x, y;
  pf_output_point(output, event->x * output->mode.width_px, event->y * output->mode.height_px, &x,
                  &y);
  tell_relative(desktop, event->time_msec, x - pointer->free_x, y - pointer->free_y);
  pointer->free_x = x;
  pointer->free_y = y;
  move_to(desktop, event->time_msec, x, y);
}

/* Whether that is news. A press that came twice, or a release of what is not held, would leave the
 * seat with a button that nobody ever lets go. */
static bool remember_button(struct pf_pointer_device* device, uint32_t button, bool pressed) {
  uint32_t place = 0;
  while (place < device->held_count && device->held[place] != button) ++place;
  const bool held = place < device->held_count;
  if (pressed == held || (pressed && place == MAX_HELD)) return false;
  if (pressed)
    device->held[device->held_count++] = button;
  else
    device->held[place] = device->held[--device->held_count];
  return true;
}

static void on_button(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, seat.pointer.button);
  const struct wlr_event_pointer_button* event = data;
  const bool pressed = event->state == WLR_BUTTON_PRESSED;
  struct pf_pointer_device* device = device_of(desktop, event->device);
  if (device == NULL || !remember_button(device, event->button, pressed)) return;
  if (pressed) pf_shell_click(desktop, desktop->seat.pointer.x, desktop->seat.pointer.y);
  wlr_seat_pointer_notify_button(desktop->seat.wlr, event->time_msec, event->button, event->state);
  if (!pressed) focus(desktop);
}

static void on_axis(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, seat.pointer.axis);
  const struct wlr_event_pointer_axis* event = data;
  /* Two sources in one frame are more than libwlroots survives. */
  const struct wlr_seat_pointer_state* state = &desktop->seat.wlr->pointer_state;
  wlr_seat_pointer_notify_axis(desktop->seat.wlr, event->time_msec, event->orientation,
                               event->delta, event->delta_discrete,
                               state->sent_axis_source ? state->cached_axis_source : event->source);
}

static void on_frame(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, seat.pointer.frame);
  wlr_seat_pointer_notify_frame(desktop->seat.wlr);
}

/* A device that goes lets go of its buttons: nobody else could. */
static void on_device_destroy(struct wl_listener* listener, void* data) {
  struct pf_pointer_device* device = wl_container_of(listener, device, destroy);
  struct wlr_seat* seat = device->desktop->seat.wlr;
  for (uint32_t i = 0; i < device->held_count; ++i)
    wlr_seat_pointer_notify_button(seat, now_ms(), device->held[i], WLR_BUTTON_RELEASED);
  if (device->held_count > 0) wlr_seat_pointer_notify_frame(seat);
  wl_list_remove(&device->destroy.link);
  wl_list_remove(&device->link);
  free(device);
}

static void on_new_device(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, seat.pointer.new_device);
  const struct wlr_virtual_pointer_v1_new_pointer_event* event = data;
  struct pf_pointer_device* device = calloc(1, sizeof *device);
  if (device == NULL) return;
  const struct pf_output* output = pf_output_from(event->suggested_output);
  device->desktop = desktop;
  device->wlr = &event->new_pointer->input_device;
  device->output = output == NULL ? -1 : (int)output->number;
  pf_listen(&device->destroy, on_device_destroy, &device->wlr->events.destroy);
  wl_list_insert(&desktop->seat.pointer.devices, &device->link);
  wlr_cursor_attach_input_device(desktop->seat.pointer.cursor, device->wlr);
}

static void on_request_cursor(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, seat.pointer.request_cursor);
  const struct wlr_seat_pointer_request_set_cursor_event* event = data;
  if (event->seat_client != desktop->seat.wlr->pointer_state.focused_client) return;
  wlr_cursor_set_surface(desktop->seat.pointer.cursor, event->surface, event->hotspot_x,
                         event->hotspot_y);
}

void pf_pointer_fit_cursor(struct pf_desktop* desktop) {
  struct pf_pointer* pointer = &desktop->seat.pointer;
  const struct pf_output* output;
  wl_list_for_each(output, &desktop->outputs, link)
      wlr_xcursor_manager_load(pointer->cursor_theme, (float)output->scale);
  /* A program's own cursor is asked for again when it sees the scale. */
  if (pointer->used && desktop->seat.wlr->pointer_state.focused_surface == NULL)
    show_arrow(pointer);
}

bool pf_pointer_open(struct pf_desktop* desktop) {
  struct pf_pointer* pointer = &desktop->seat.pointer;
  wl_list_init(&pointer->devices);
  struct wlr_virtual_pointer_manager_v1* manager =
      wlr_virtual_pointer_manager_v1_create(desktop->display);
  pointer->cursor = wlr_cursor_create();
  pointer->cursor_theme = wlr_xcursor_manager_create(NULL, CURSOR_PX);
  pointer->relative = wlr_relative_pointer_manager_v1_create(desktop->display);
  if (manager == NULL || pointer->cursor == NULL || pointer->cursor_theme == NULL ||
      pointer->relative == NULL || !pf_constraint_open(desktop))
    return false;
  wlr_cursor_attach_output_layout(pointer->cursor, desktop->layout);
  wlr_xcursor_manager_load(pointer->cursor_theme, 1);
  pf_listen(&pointer->new_device, on_new_device, &manager->events.new_virtual_pointer);
  pf_listen(&pointer->motion, on_motion, &pointer->cursor->events.motion);
  pf_listen(&pointer->motion_absolute, on_motion_absolute,
            &pointer->cursor->events.motion_absolute);
  pf_listen(&pointer->button, on_button, &pointer->cursor->events.button);
  pf_listen(&pointer->axis, on_axis, &pointer->cursor->events.axis);
  pf_listen(&pointer->frame, on_frame, &pointer->cursor->events.frame);
  pf_listen(&pointer->request_cursor, on_request_cursor,
            &desktop->seat.wlr->events.request_set_cursor);
  return true;
}

void pf_pointer_close(struct pf_desktop* desktop) {
  wlr_cursor_destroy(desktop->seat.pointer.cursor);
  wlr_xcursor_manager_destroy(desktop->seat.pointer.cursor_theme);
}
