/* Application windows, wherever they come from: xdg_shell.h, x11.h. */
#ifndef PF_DESKTOP_VIEWS_H
#define PF_DESKTOP_VIEWS_H

#include <stdbool.h>
#include <wayland-server-core.h>
#include <wlr/util/box.h>

struct pf_desktop;
struct pf_output;
struct pf_view;
struct wlr_scene_node;
struct wlr_surface;

enum pf_placement {
  PF_PLACED_FREELY, /* the size is the window's own wish, the box says what it was */
  PF_PLACED_FULL,   /* fills what panels leave */
  PF_PLACED_FULLSCREEN,
};

/* What differs between the protocols that windows come by. */
struct pf_view_kind {
  struct wlr_surface* (*surface)(const struct pf_view* view);
  bool (*wants_fullscreen)(const struct pf_view* view);
  /* A window that belongs to another one, or cannot be resized. */
  bool (*keeps_its_size)(const struct pf_view* view);
  struct wlr_box (*own_size)(const struct pf_view* view); /* width and height alone */
  /* Tells the window what became of it; again only when something differs. Layout coordinates. */
  void (*place)(struct pf_view* view, const struct wlr_box* box, enum pf_placement placement);
  void (*set_active)(struct pf_view* view, bool active);
};

struct pf_view {
  const struct pf_view_kind* kind;
  struct wl_list link; /* pf_shell.views */
  struct pf_desktop* desktop;
  struct wlr_scene_tree* tree; /* its node's data is this view */
  struct pf_output* output;    /* NULL: there is none to be on */
  bool mapped;
  bool active;
};

/* Makes its tree and takes its place in the shell. False: no memory; nothing was done. */
bool pf_view_begin(struct pf_view* view, struct pf_desktop* desktop,
                   const struct pf_view_kind* kind);
/* Takes it out of the shell, with its tree. */
void pf_view_end(struct pf_view* view);

/* It has something to show now, or no longer. */
void pf_view_map(struct pf_view* view);
void pf_view_unmap(struct pf_view* view);

/* Size and place for the output it is on; finds one when it has none. */
void pf_view_arrange(struct pf_view* view);

/* Off its output, before that is destroyed. */
void pf_view_park(struct pf_view* view);

void pf_view_raise(struct pf_view* view);
void pf_view_set_active(struct pf_view* view, bool active);

/* The window that a node of the scene belongs to, or NULL. */
struct pf_view* pf_view_of(struct wlr_scene_node* node);

#endif
