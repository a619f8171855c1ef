/* Application windows: xdg-shell toplevels and their popups. */
#ifndef PF_DESKTOP_VIEWS_H
#define PF_DESKTOP_VIEWS_H

#include <stdbool.h>
#include <wayland-server-core.h>

struct pf_desktop;
struct pf_output;
struct wlr_scene_node;
struct wlr_surface;
struct wlr_xdg_popup;

struct pf_view {
  struct wl_list link; /* pf_shell.views */
  struct pf_desktop* desktop;
  struct wlr_xdg_surface* xdg;
  struct wlr_scene_tree* tree; /* its node's data is this view */
  struct pf_output* output;    /* NULL: there is none to be on */
  bool mapped;
  struct wl_listener map, unmap, destroy, commit;
  struct wl_listener request_fullscreen, request_maximize;
};

bool pf_views_open(struct pf_desktop* desktop);

/* Size and place for the output it is on; finds one when it has none. */
void pf_view_arrange(struct pf_view* view);

/* Off its output, before that is destroyed. */
void pf_view_park(struct pf_view* view);

void pf_view_raise(struct pf_view* view);
struct wlr_surface* pf_view_surface(struct pf_view* view);
void pf_view_set_active(struct pf_view* view, bool active);

/* The window that a node of the scene belongs to, or NULL. */
struct pf_view* pf_view_of(struct wlr_scene_node* node);

#endif
