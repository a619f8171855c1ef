#include "desktop/xdg_shell.h"

#include <stdlib.h>
#include <wlr/types/wlr_layer_shell_v1.h>
#include <wlr/types/wlr_scene.h>
#include <wlr/types/wlr_server_decoration.h>
#include <wlr/types/wlr_xdg_decoration_v1.h>
#include <wlr/types/wlr_xdg_shell.h>

#include "desktop/desktop.h"
#include "desktop/layers.h"
#include "desktop/listen.h"
#include "desktop/output.h"
#include "desktop/views.h"

struct pf_toplevel {
  struct pf_view view; /* first, so that either is the other */
  struct wlr_xdg_surface* xdg;
  struct wl_listener map, unmap, destroy, commit;
  struct wl_listener request_fullscreen, request_maximize;
};

static const struct pf_toplevel* of(const struct pf_view* view) {
  return (const struct pf_toplevel*)view;
}

static struct wlr_surface* surface(const struct pf_view* view) { return of(view)->xdg->surface; }

static bool wants_fullscreen(const struct pf_view* view) {
  return of(view)->xdg->toplevel->requested.fullscreen;
}

static bool keeps_its_size(const struct pf_view* view) {
  const struct wlr_xdg_toplevel* toplevel = of(view)->xdg->toplevel;
  const struct wlr_xdg_toplevel_state* state = &toplevel->current;
  return toplevel->parent != NULL ||
         (state->min_width > 0 && state->min_height > 0 && state->min_width == state->max_width &&
          state->min_height == state->max_height);
}

static struct wlr_box own_size(const struct pf_view* view) {
  struct wlr_box box;
  wlr_xdg_surface_get_geometry(of(view)->xdg, &box);
  return box;
}

static void set_size(struct wlr_xdg_surface* xdg, uint32_t width, uint32_t height) {
  const struct wlr_xdg_toplevel_configure* scheduled = &xdg->toplevel->scheduled;
  if (scheduled->width != width || scheduled->height != height)
    wlr_xdg_toplevel_set_size(xdg, width, height);
}

static void place(struct pf_view* view, const struct wlr_box* box, enum pf_placement placement) {
  struct wlr_xdg_surface* xdg = of(view)->xdg;
  if (placement == PF_PLACED_FREELY) {
    set_size(xdg, 0, 0);
    return;
  }
  const struct wlr_xdg_toplevel_configure* scheduled = &xdg->toplevel->scheduled;
  const bool fullscreen = placement == PF_PLACED_FULLSCREEN;
  if (scheduled->fullscreen != fullscreen) wlr_xdg_toplevel_set_fullscreen(xdg, fullscreen);
  if (!scheduled->maximized) wlr_xdg_toplevel_set_maximized(xdg, true);
  set_size(xdg, (uint32_t)box->width, (uint32_t)box->height);
}

static void set_active(struct pf_view* view, bool active) {
  wlr_xdg_toplevel_set_activated(of(view)->xdg, active);
}

static const struct pf_view_kind kind = {.surface = surface,
                                         .wants_fullscreen = wants_fullscreen,
                                         .keeps_its_size = keeps_its_size,
                                         .own_size = own_size,
                                         .place = place,
                                         .set_active = set_active};

static void on_map(struct wl_listener* listener, void* data) {
  struct pf_toplevel* toplevel = wl_container_of(listener, toplevel, map);
  pf_view_map(&toplevel->view);
}

static void on_unmap(struct wl_listener* listener, void* data) {
  struct pf_toplevel* toplevel = wl_container_of(listener, toplevel, unmap);
  pf_view_unmap(&toplevel->view);
}

static void on_commit(struct wl_listener* listener, void* data) {
  struct pf_toplevel* toplevel = wl_container_of(listener, toplevel, commit);
  struct pf_view* view = &toplevel->view;
  /* Setting the same position again costs nothing; a dialog that grew moves to the middle. */
  if (view->mapped && view->output != NULL && keeps_its_size(view)) pf_view_arrange(view);
}

static void on_request_fullscreen(struct wl_listener* listener, void* data) {
  struct pf_toplevel* toplevel = wl_container_of(listener, toplevel, request_fullscreen);
  const struct wlr_xdg_toplevel_set_fullscreen_event* event = data;
  if (event->fullscreen && event->output != NULL)
    toplevel->view.output = pf_output_from(event->output);
  pf_view_arrange(&toplevel->view);
  wlr_xdg_surface_schedule_configure(toplevel->xdg); /* every request is owed an answer */
}

static void on_request_maximize(struct wl_listener* listener, void* data) {
  struct pf_toplevel* toplevel = wl_container_of(listener, toplevel, request_maximize);
  wlr_xdg_surface_schedule_configure(toplevel->xdg);
}

static void on_destroy(struct wl_listener* listener, void* data) {
  struct pf_toplevel* toplevel = wl_container_of(listener, toplevel, destroy);
  struct wl_listener* const ours[] = {&toplevel->map,
                                      &toplevel->unmap,
                                      &toplevel->destroy,
                                      &toplevel->commit,
                                      &toplevel->request_fullscreen,
                                      &toplevel->request_maximize};
  for (size_t i = 0; i < sizeof ours / sizeof *ours; ++i) wl_list_remove(&ours[i]->link);
  pf_view_end(&toplevel->view);
  free(toplevel);
}

static void add_toplevel(struct pf_desktop* desktop, struct wlr_xdg_surface* xdg) {
  struct pf_toplevel* toplevel = calloc(1, sizeof *toplevel);
  if (toplevel == NULL || !pf_view_begin(&toplevel->view, desktop, &kind)) {
    free(toplevel);
    wl_resource_post_no_memory(xdg->resource);
    return;
  }
  toplevel->xdg = xdg;
  xdg->data = wlr_scene_xdg_surface_create(&toplevel->view.tree->node, xdg);
  pf_listen(&toplevel->map, on_map, &xdg->events.map);
  pf_listen(&toplevel->unmap, on_unmap, &xdg->events.unmap);
  pf_listen(&toplevel->destroy, on_destroy, &xdg->events.destroy);
  pf_listen(&toplevel->commit, on_commit, &xdg->surface->events.commit);
  pf_listen(&toplevel->request_fullscreen, on_request_fullscreen,
            &xdg->toplevel->events.request_fullscreen);
  pf_listen(&toplevel->request_maximize, on_request_maximize,
            &xdg->toplevel->events.request_maximize);
  pf_view_arrange(&toplevel->view);
}

/* Where the popups of a surface hang: a window or another popup, or a panel. NULL when that is
 * gone. */
static struct wlr_scene_node* node_of_parent(struct wlr_surface* parent) {
  if (parent == NULL) return NULL;
  if (wlr_surface_is_xdg_surface(parent)) return wlr_xdg_surface_from_wlr_surface(parent)->data;
  if (wlr_surface_is_layer_surface(parent)) {
    const struct pf_layer* layer = wlr_layer_surface_v1_from_wlr_surface(parent)->data;
    return layer == NULL ? NULL : layer->node;
  }
  return NULL;
}

static void add_popup(struct pf_desktop* desktop, struct wlr_xdg_surface* xdg) {
  struct wlr_scene_node* parent = node_of_parent(xdg->popup->parent);
  if (parent == NULL) return;
  xdg->data = wlr_scene_xdg_surface_create(parent, xdg);
  const struct pf_view* view = pf_view_of(parent);
  if (view == NULL || view->output == NULL) return;
  /* It may use the whole output; the box is wanted in the window's coordinates. */
  struct wlr_box box = pf_output_box(view->output);
  box.x -= view->tree->node.state.x;
  box.y -= view->tree->node.state.y;
  wlr_xdg_popup_unconstrain_from_box(xdg->popup, &box);
}

static void on_new_xdg_surface(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, shell.new_xdg_surface);
  struct wlr_xdg_surface* xdg = data;
  if (xdg->role == WLR_XDG_SURFACE_ROLE_TOPLEVEL) add_toplevel(desktop, xdg);
  if (xdg->role == WLR_XDG_SURFACE_ROLE_POPUP) add_popup(desktop, xdg);
}

struct pf_decoration {
  struct wlr_xdg_toplevel_decoration_v1* decoration;
  struct wl_listener request_mode, destroy;
};

/* A window that fills its output needs no title bar, so the server draws the decorations: none. */
static void on_decoration_mode(struct wl_listener* listener, void* data) {
  struct pf_decoration* ours = wl_container_of(listener, ours, request_mode);
  wlr_xdg_toplevel_decoration_v1_set_mode(ours->decoration,
                                          WLR_XDG_TOPLEVEL_DECORATION_V1_MODE_SERVER_SIDE);
}

static void on_decoration_destroy(struct wl_listener* listener, void* data) {
  struct pf_decoration* ours = wl_container_of(listener, ours, destroy);
  wl_list_remove(&ours->request_mode.link);
  wl_list_remove(&ours->destroy.link);
  free(ours);
}

static void on_new_decoration(struct wl_listener* listener, void* data) {
  struct pf_decoration* ours = calloc(1, sizeof *ours);
  if (ours == NULL) return;
  ours->decoration = data;
  pf_listen(&ours->request_mode, on_decoration_mode, &ours->decoration->events.request_mode);
  pf_listen(&ours->destroy, on_decoration_destroy, &ours->decoration->events.destroy);
  on_decoration_mode(&ours->request_mode, NULL);
}

bool pf_xdg_shell_open(struct pf_desktop* desktop) {
  struct wlr_xdg_shell* xdg_shell = wlr_xdg_shell_create(desktop->display);
  struct wlr_xdg_decoration_manager_v1* decorations =
      wlr_xdg_decoration_manager_v1_create(desktop->display);
  struct wlr_server_decoration_manager* old_decorations =
      wlr_server_decoration_manager_create(desktop->display);
  if (xdg_shell == NULL || decorations == NULL || old_decorations == NULL) return false;
  wlr_server_decoration_manager_set_default_mode(old_decorations,
                                                 WLR_SERVER_DECORATION_MANAGER_MODE_SERVER);
  pf_listen(&desktop->shell.new_xdg_surface, on_new_xdg_surface, &xdg_shell->events.new_surface);
  pf_listen(&desktop->shell.new_decoration, on_new_decoration,
            &decorations->events.new_toplevel_decoration);
  return true;
}
