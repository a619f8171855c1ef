/* Where windows lie. Every application window fills its output, below the panels of layer-shell
 * clients; dialogs keep their size in the middle. The newest window has the keyboard; a click gives
 * it to another. */
#ifndef PF_DESKTOP_SHELL_H
#define PF_DESKTOP_SHELL_H

#include <stdbool.h>
#include <wayland-server-core.h>
#include <wlr/util/box.h>

struct pf_desktop;
struct pf_output;
struct wlr_surface;

/* From bottom to top. The first and the last two are those of the layer-shell protocol, in its
 * order. */
enum pf_stratum {
  PF_STRATUM_BACKGROUND,
  PF_STRATUM_BOTTOM,
  PF_STRATUM_WINDOWS,
  PF_STRATUM_MENUS, /* X11 windows that place themselves */
  PF_STRATUM_TOP,
  PF_STRATUM_OVERLAY,
  PF_STRATUM_COUNT,
};

struct pf_shell {
  struct wlr_scene_tree* strata[PF_STRATUM_COUNT];
  struct wl_list views;  /* pf_view.link, the topmost first */
  struct wl_list menus;  /* pf_x11_window.menu_link, the newest first */
  struct wl_list layers; /* pf_layer.link */
  struct wl_listener new_xdg_surface, new_decoration, new_layer_surface;
};

bool pf_shell_open(struct pf_desktop* desktop);

/* Lays everything out again, after an output came, went or changed and after a panel did. */
void pf_shell_arrange(struct pf_desktop* desktop);

/* Before an output is destroyed: takes everything off it. */
void pf_shell_leave_output(struct pf_desktop* desktop, struct pf_output* output);

/* Gives the keyboard to the surface that should have it now. */
void pf_shell_refocus(struct pf_desktop* desktop);

/* The topmost surface at a point of the layout that takes input there, and the point within it; or
 * NULL. */
struct wlr_surface* pf_shell_surface_at(struct pf_desktop* desktop, double x, double y,
                                        double* surface_x, double* surface_y);

/* Raises the window at a point and gives it the keyboard. */
void pf_shell_click(struct pf_desktop* desktop, double x, double y);

/* The output under the pointer, else the first, else NULL. */
struct pf_output* pf_shell_default_output(struct pf_desktop* desktop);

#endif
