#include "desktop/x11.h"

#include <stdlib.h>
#include <wlr/types/wlr_scene.h>
#include <wlr/xwayland.h>

#include "desktop/desktop.h"
#include "desktop/listen.h"
#include "desktop/output.h"
#include "desktop/views.h"

enum role { ROLE_NONE, ROLE_VIEW, ROLE_MENU };

struct pf_x11_window {
  struct pf_view view; /* first, so that either is the other; valid in ROLE_VIEW */
  struct pf_desktop* desktop;
  struct wlr_xwayland_surface* x11;
  int width, height;           /* what it wants when it is not full screen */
  enum role role;              /* while it is mapped, else none */
  struct wlr_scene_node* menu; /* in ROLE_MENU */
  struct wl_list menu_link;    /* pf_shell.menus, in ROLE_MENU */
  struct wl_listener map, unmap, destroy, set_override_redirect, set_geometry;
  struct wl_listener request_configure, request_fullscreen, request_activate;
};

static const struct pf_x11_window* of(const struct pf_view* view) {
  return (const struct pf_x11_window*)view;
}

static struct wlr_surface* surface(const struct pf_view* view) { return of(view)->x11->surface; }

static bool wants_fullscreen(const struct pf_view* view) { return of(view)->x11->fullscreen; }

static bool keeps_its_size(const struct pf_view* view) {
  const struct wlr_xwayland_surface* x11 = of(view)->x11;
  const struct wlr_xwayland_surface_size_hints* hints = x11->size_hints;
  return x11->parent != NULL || x11->modal ||
         (hints != NULL && hints->min_width > 0 && hints->min_height > 0 &&
          hints->min_width == hints->max_width && hints->min_height == hints->max_height);
}

static struct wlr_box own_size(const struct pf_view* view) {
  return (struct wlr_box){.width = of(view)->width, .height = of(view)->height};
}

/* X11 counts positions in 16 bits: they are true on the first two outputs (PLACE_PX in output.c).
 */
static void place(struct pf_view* view, const struct wlr_box* box, enum pf_placement placement) {
  struct wlr_xwayland_surface* x11 = of(view)->x11;
  if (placement == PF_PLACED_FULL && !(x11->maximized_horz && x11->maximized_vert))
    wlr_xwayland_surface_set_maximized(x11, true);
  if (x11->x != box->x || x11->y != box->y || x11->width != box->width ||
      x11->height != box->height)
    wlr_xwayland_surface_configure(x11, (int16_t)box->x, (int16_t)box->y, (uint16_t)box->width,
                                   (uint16_t)box->height);
}

static void set_active(struct pf_view* view, bool active) {
  struct wlr_xwayland_surface* x11 = of(view)->x11;
  wlr_xwayland_surface_activate(x11, active);
  if (active) wlr_xwayland_surface_restack(x11, NULL, XCB_STACK_MODE_ABOVE);
}

static const struct pf_view_kind kind = {.surface = surface,
                                         .wants_fullscreen = wants_fullscreen,
                                         .keeps_its_size = keeps_its_size,
                                         .own_size = own_size,
                                         .place = place,
                                         .set_active = set_active};

static void become_view(struct pf_x11_window* window) {
  if (!pf_view_begin(&window->view, window->desktop, &kind)) return;
  window->role = ROLE_VIEW;
  window->width = window->x11->width;
  window->height = window->x11->height;
  wlr_scene_subsurface_tree_create(&window->view.tree->node, window->x11->surface);
  pf_view_map(&window->view);
}

static void become_menu(struct pf_x11_window* window) {
  struct pf_shell* shell = &window->desktop->shell;
  window->menu = wlr_scene_subsurface_tree_create(&shell->strata[PF_STRATUM_MENUS]->node,
                                                  window->x11->surface);
  if (window->menu == NULL) return;
  window->role = ROLE_MENU;
  wl_list_insert(&shell->menus, &window->menu_link);
  wlr_scene_node_set_position(window->menu, window->x11->x, window->x11->y);
  pf_shell_refocus(window->desktop);
}

static void show(struct pf_x11_window* window) {
  if (window->x11->override_redirect)
    become_menu(window);
  else
    become_view(window);
}

static void hide(struct pf_x11_window* window) {
  const enum role role = window->role;
  window->role = ROLE_NONE;
  if (role == ROLE_VIEW) pf_view_end(&window->view);
  if (role != ROLE_MENU) return;
  wl_list_remove(&window->menu_link);
  wlr_scene_node_destroy(window->menu);
  pf_shell_refocus(window->desktop);
}

static void on_map(struct wl_listener* listener, void* data) {
  struct pf_x11_window* window = wl_container_of(listener, window, map);
  show(window);
}

static void on_unmap(struct wl_listener* listener, void* data) {
  struct pf_x11_window* window = wl_container_of(listener, window, unmap);
  hide(window);
}

static void on_set_override_redirect(struct wl_listener* listener, void* data) {
  struct pf_x11_window* window = wl_container_of(listener, window, set_override_redirect);
  if (window->role == ROLE_NONE) return;
  hide(window);
  show(window);
}

/* It has moved or resized itself, which is a menu's right, or has done what it was told. */
static void on_set_geometry(struct wl_listener* listener, void* data) {
  struct pf_x11_window* window = wl_container_of(listener, window, set_geometry);
  if (window->role == ROLE_MENU)
    wlr_scene_node_set_position(window->menu, window->x11->x, window->x11->y);
}

/* A wish until it is mapped, and for the size of a dialog; else it is told what it has. */
static void on_request_configure(struct wl_listener* listener, void* data) {
  struct pf_x11_window* window = wl_container_of(listener, window, request_configure);
  const struct wlr_xwayland_surface_configure_event* event = data;
  struct wlr_xwayland_surface* x11 = window->x11;
  if (window->role != ROLE_VIEW) {
    wlr_xwayland_surface_configure(x11, event->x, event->y, event->width, event->height);
    return;
  }
  window->width = event->width;
  window->height = event->height;
  wlr_xwayland_surface_configure(x11, x11->x, x11->y, x11->width, x11->height);
  pf_view_arrange(&window->view);
}

static void on_request_fullscreen(struct wl_listener* listener, void* data) {
  struct pf_x11_window* window = wl_container_of(listener, window, request_fullscreen);
  if (window->role == ROLE_VIEW) pf_view_arrange(&window->view);
}

static void on_request_activate(struct wl_listener* listener, void* data) {
  struct pf_x11_window* window = wl_container_of(listener, window, request_activate);
  if (window->role != ROLE_VIEW) return;
  pf_view_raise(&window->view);
  pf_shell_refocus(window->desktop);
}

static void on_destroy(struct wl_listener* listener, void* data) {
  struct pf_x11_window* window = wl_container_of(listener, window, destroy);
  hide(window);
  struct wl_listener* const ours[] = {&window->map,
                                      &window->unmap,
                                      &window->destroy,
                                      &window->set_override_redirect,
                                      &window->set_geometry,
                                      &window->request_configure,
                                      &window->request_fullscreen,
                                      &window->request_activate};
  for (size_t i = 0; i < sizeof ours / sizeof *ours; ++i) wl_list_remove(&ours[i]->link);
  free(window);
}

void pf_x11_add_window(struct pf_desktop* desktop, struct wlr_xwayland_surface* x11) {
  struct pf_x11_window* window = calloc(1, sizeof *window);
  if (window == NULL) return; /* it will not be seen */
  window->desktop = desktop;
  window->x11 = x11;
  pf_listen(&window->map, on_map, &x11->events.map);
  pf_listen(&window->unmap, on_unmap, &x11->events.unmap);
  pf_listen(&window->destroy, on_destroy, &x11->events.destroy);
  pf_listen(&window->set_override_redirect, on_set_override_redirect,
            &x11->events.set_override_redirect);
  pf_listen(&window->set_geometry, on_set_geometry, &x11->events.set_geometry);
  pf_listen(&window->request_configure, on_request_configure, &x11->events.request_configure);
  pf_listen(&window->request_fullscreen, on_request_fullscreen, &x11->events.request_fullscreen);
  pf_listen(&window->request_activate, on_request_activate, &x11->events.request_activate);
}

struct wlr_surface* pf_x11_keyboard_claim(struct pf_desktop* desktop) {
  const struct pf_x11_window* window;
  wl_list_for_each(window, &desktop->shell.menus, menu_link) {
    if (wlr_xwayland_or_surface_wants_focus(window->x11)) return window->x11->surface;
  }
  return NULL;
}
