#include "desktop/constraint.h"

#include <math.h>
#include <stdlib.h>
#include <wlr/types/wlr_cursor.h>
#include <wlr/types/wlr_pointer_constraints_v1.h>
#include <wlr/types/wlr_seat.h>

#include "desktop/desktop.h"
#include "desktop/listen.h"

/* One wish of a program, in force or not. */
struct pf_constraint {
  struct pf_desktop* desktop;
  struct wlr_pointer_constraint_v1* wlr;
  struct wl_listener set_region, destroy;
};

/* A program that lets the pointer go may say where its own cursor was meanwhile. */
static void go_to_hint(struct pf_desktop* desktop,
                       const struct wlr_pointer_constraint_v1* constraint) {
  if (constraint->type != WLR_POINTER_CONSTRAINT_V1_LOCKED ||
      !(constraint->current.committed & WLR_POINTER_CONSTRAINT_V1_STATE_CURSOR_HINT))
    return;
  struct pf_pointer* pointer = &desktop->seat.pointer;
  const double x = constraint->current.cursor_hint.x, y = constraint->current.cursor_hint.y;
  if (!pixman_region32_contains_point((pixman_region32_t*)&constraint->region, (int)floor(x),
                                      (int)floor(y), NULL))
    return;
  pointer->x = pointer->free_x = pointer->surface_left + x;
  pointer->y = pointer->free_y = pointer->surface_top + y;
  wlr_cursor_warp_closest(pointer->cursor, NULL, pointer->x, pointer->y);
  wlr_seat_pointer_warp(desktop->seat.wlr, x, y);
}

static bool is_inside(const struct pf_pointer* pointer,
                      const struct wlr_pointer_constraint_v1* constraint) {
  return pixman_region32_contains_point((pixman_region32_t*)&constraint->region,
                                        (int)floor(pointer->x - pointer->surface_left),
                                        (int)floor(pointer->y - pointer->surface_top), NULL);
}

void pf_constraint_update(struct pf_desktop* desktop) {
  struct pf_pointer* pointer = &desktop->seat.pointer;
  struct wlr_seat* seat = desktop->seat.wlr;
  struct wlr_surface* surface = seat->pointer_state.focused_surface;
  struct wlr_pointer_constraint_v1* wanted = NULL;
  if (surface != NULL && surface == seat->keyboard_state.focused_surface)
    wanted = wlr_pointer_constraints_v1_constraint_for_surface(pointer->constraints, surface, seat);
  if (wanted != NULL && !is_inside(pointer, wanted)) wanted = NULL;
  struct wlr_pointer_constraint_v1* old = pointer->active_constraint;
  if (wanted == old) return;
  pointer->active_constraint = wanted;
  /* This may destroy it, and that would come back here. */
  if (old != NULL) wlr_pointer_constraint_v1_send_deactivated(old);
  if (wanted != NULL && pointer->active_constraint == wanted)
    wlr_pointer_constraint_v1_send_activated(wanted);
}

static double within(double value, int begin, int end) {
  if (!(value > begin)) return begin;
  return value < end ? value : end - 1;
}

/* The point of a region that is nearest to this one. wlr_region_confine() of libwlroots 0.15 would
 * follow the way there; for some it never comes back. */
static void go_inside(pixman_region32_t* region, double* x, double* y) {
  int count;
  const pixman_box32_t* boxes = pixman_region32_rectangles(region, &count);
  double best = INFINITY, best_x = *x, best_y = *y;
  for (int i = 0; i < count; ++i) {
    const double near_x = within(*x, boxes[i].x1, boxes[i].x2);
    const double near_y = within(*y, boxes[i].y1, boxes[i].y2);
    const double distance = hypot(near_x - *x, near_y - *y);
    if (distance >= best) continue;
    best = distance;
    best_x = near_x;
    best_y = near_y;
  }
  *x = best_x;
  *y = best_y;
}

bool pf_constraint_allows(const struct pf_desktop* desktop, double* x, double* y) {
  const struct pf_pointer* pointer = &desktop->seat.pointer;
  struct wlr_pointer_constraint_v1* constraint = pointer->active_constraint;
  if (constraint == NULL) return true;
  if (constraint->type == WLR_POINTER_CONSTRAINT_V1_LOCKED) return false;
  double inside_x = *x - pointer->surface_left, inside_y = *y - pointer->surface_top;
  go_inside(&constraint->region, &inside_x, &inside_y);
  *x = pointer->surface_left + inside_x;
  *y = pointer->surface_top + inside_y;
  return true;
}

static void on_set_region(struct wl_listener* listener, void* data) {
  struct pf_constraint* constraint = wl_container_of(listener, constraint, set_region);
  pf_constraint_update(constraint->desktop);
}

static void on_destroy(struct wl_listener* listener, void* data) {
  struct pf_constraint* constraint = wl_container_of(listener, constraint, destroy);
  struct pf_pointer* pointer = &constraint->desktop->seat.pointer;
  if (pointer->active_constraint == constraint->wlr) {
    pointer->active_constraint = NULL;
    go_to_hint(constraint->desktop, constraint->wlr);
  }
  wl_list_remove(&constraint->set_region.link);
  wl_list_remove(&constraint->destroy.link);
  free(constraint);
}

static void on_new_constraint(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, seat.pointer.new_constraint);
  struct pf_constraint* constraint = calloc(1, sizeof *constraint);
  if (constraint == NULL) return;
  constraint->desktop = desktop;
  constraint->wlr = data;
  pf_listen(&constraint->set_region, on_set_region, &constraint->wlr->events.set_region);
  pf_listen(&constraint->destroy, on_destroy, &constraint->wlr->events.destroy);
  pf_constraint_update(desktop);
}

bool pf_constraint_open(struct pf_desktop* desktop) {
  struct pf_pointer* pointer = &desktop->seat.pointer;
  pointer->constraints = wlr_pointer_constraints_v1_create(desktop->display);
  if (pointer->constraints == NULL) return false;
  pf_listen(&pointer->new_constraint, on_new_constraint,
            &pointer->constraints->events.new_constraint);
  return true;
}
