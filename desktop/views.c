#include "desktop/views.h"

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

/* wlroots 0.15 keeps a dangling pointer to a destroyed output in the surfaces that lay on it, until
 * they move: so a window without an output is moved to where no output can be. */
#define NOWHERE_PX (-30000)

struct wlr_surface* pf_view_surface(struct pf_view* view) {
  return view->xdg->surface;
}

void pf_view_set_active(struct pf_view* view, bool active) {
  if (view->xdg->toplevel->scheduled.activated != active)
    wlr_xdg_toplevel_set_activated(view->xdg, active);
}

void pf_view_raise(struct pf_view* view) {
  wlr_scene_node_raise_to_top(&view->tree->node);
  wl_list_remove(&view->link);
  wl_list_insert(&view->desktop->shell.views, &view->link);
}

struct pf_view* pf_view_of(struct wlr_scene_node* node) {
  for (; node != NULL; node = node->parent)
    if (node->data != NULL) return node->data;
  return NULL;
}

/* Windows which belong to another one, or cannot be resized, keep the size they want. */
static bool keeps_its_size(const struct pf_view* view) {
  const struct wlr_xdg_toplevel* toplevel = view->xdg->toplevel;
  const struct wlr_xdg_toplevel_state* state = &toplevel->current;
  return toplevel->parent != NULL ||
         (state->min_width > 0 && state->min_height > 0 && state->min_width == state->max_width &&
          state->min_height == state->max_height);
}

static void set_size(struct pf_view* view, const struct wlr_box* box) {
  const struct wlr_xdg_toplevel_configure* scheduled = &view->xdg->toplevel->scheduled;
  const uint32_t width = (uint32_t)box->width, height = (uint32_t)box->height;
  if (scheduled->width == width && scheduled->height == height) return;
  wlr_xdg_toplevel_set_size(view->xdg, width, height);
}

static void arrange_centred(struct pf_view* view, const struct wlr_box* area) {
  struct wlr_box own;
  wlr_xdg_surface_get_geometry(view->xdg, &own);
  set_size(view, &(struct wlr_box){0});
  wlr_scene_node_set_position(&view->tree->node, area->x + (area->width - own.width) / 2,
                              area->y + (area->height - own.height) / 2);
}

static void arrange_full(struct pf_view* view, const struct wlr_box* area) {
  const struct wlr_xdg_toplevel_configure* scheduled = &view->xdg->toplevel->scheduled;
  const bool fullscreen = view->xdg->toplevel->requested.fullscreen;
  if (scheduled->fullscreen != fullscreen) wlr_xdg_toplevel_set_fullscreen(view->xdg, fullscreen);
  if (!scheduled->maximized) wlr_xdg_toplevel_set_maximized(view->xdg, true);
  set_size(view, area);
  wlr_scene_node_set_position(&view->tree->node, area->x, area->y);
}

void pf_view_arrange(struct pf_view* view) {
  if (view->output == NULL) view->output = pf_shell_default_output(view->desktop);
  if (view->output == NULL) {
    pf_view_park(view);
    return;
  }
  wlr_scene_node_set_enabled(&view->tree->node, true);
  const struct wlr_box whole = pf_output_box(view->output);
  const bool fullscreen = view->xdg->toplevel->requested.fullscreen;
  const struct wlr_box* area = fullscreen ? &whole : &view->output->usable;
  if (keeps_its_size(view) && !fullscreen)
    arrange_centred(view, area);
  else
    arrange_full(view, area);
}

void pf_view_park(struct pf_view* view) {
  view->output = NULL;
  wlr_scene_node_set_position(&view->tree->node, NOWHERE_PX, NOWHERE_PX);
  wlr_scene_node_set_enabled(&view->tree->node, false);
}

static void on_map(struct wl_listener* listener, void* data) {
  struct pf_view* view = wl_container_of(listener, view, map);
  view->mapped = true;
  pf_view_raise(view);
  pf_view_arrange(view); /* a dialog knows its size only now */
  pf_shell_refocus(view->desktop);
}

static void on_unmap(struct wl_listener* listener, void* data) {
  struct pf_view* view = wl_container_of(listener, view, unmap);
  view->mapped = false;
  pf_shell_refocus(view->desktop);
}

static void on_commit(struct wl_listener* listener, void* data) {
  struct pf_view* view = wl_container_of(listener, view, commit);
  /* Setting the same position again costs nothing; a dialog that grew moves to the middle. */
  if (view->mapped && view->output != NULL && keeps_its_size(view)) pf_view_arrange(view);
}

static void on_request_fullscreen(struct wl_listener* listener, void* data) {
  struct pf_view* view = wl_container_of(listener, view, request_fullscreen);
  const struct wlr_xdg_toplevel_set_fullscreen_event* event = data;
  if (event->fullscreen && event->output != NULL) view->output = pf_output_from(event->output);
  pf_view_arrange(view);
  wlr_xdg_surface_schedule_configure(view->xdg); /* every request is owed an answer */
}

static void on_request_maximize(struct wl_listener* listener, void* data) {
  struct pf_view* view = wl_container_of(listener, view, request_maximize);
  wlr_xdg_surface_schedule_configure(view->xdg);
}

static void on_destroy(struct wl_listener* listener, void* data) {
  struct pf_view* view = wl_container_of(listener, view, destroy);
  struct wl_listener* const ours[] = {&view->map,
                                      &view->unmap,
                                      &view->destroy,
                                      &view->commit,
                                      &view->request_fullscreen,
                                      &view->request_maximize};
  for (size_t i = 0; i < sizeof ours / sizeof *ours; ++i) wl_list_remove(&ours[i]->link);
  wl_list_remove(&view->link);
  wlr_scene_node_destroy(&view->tree->node);
  struct pf_desktop* desktop = view->desktop;
  free(view);
  pf_shell_refocus(desktop);
}

static void add_toplevel(struct pf_desktop* desktop, struct wlr_xdg_surface* xdg) {
  struct pf_view* view = calloc(1, sizeof *view);
  if (view == NULL) {
    wl_resource_post_no_memory(xdg->resource);
    return;
  }
  view->desktop = desktop;
  view->xdg = xdg;
  view->tree = wlr_scene_tree_create(&desktop->shell.strata[PF_STRATUM_WINDOWS]->node);
  view->tree->node.data = view;
  xdg->data = wlr_scene_xdg_surface_create(&view->tree->node, xdg);
  wl_list_insert(&desktop->shell.views, &view->link);
  pf_listen(&view->map, on_map, &xdg->events.map);
  pf_listen(&view->unmap, on_unmap, &xdg->events.unmap);
  pf_listen(&view->destroy, on_destroy, &xdg->events.destroy);
  pf_listen(&view->commit, on_commit, &xdg->surface->events.commit);
  pf_listen(&view->request_fullscreen, on_request_fullscreen,
            &xdg->toplevel->events.request_fullscreen);
  pf_listen(&view->request_maximize, on_request_maximize, &xdg->toplevel->events.request_maximize);
  pf_view_arrange(view);
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

bool pf_views_open(struct pf_desktop* desktop) {
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
