/* Panels, wallpapers and overlays: wlr-layer-shell surfaces. */
#ifndef PF_DESKTOP_LAYERS_H
#define PF_DESKTOP_LAYERS_H

#include <stdbool.h>
#include <wayland-server-core.h>
#include <wlr/util/box.h>

struct pf_desktop;
struct pf_output;
struct wlr_surface;

struct pf_layer {
  struct wl_list link; /* pf_shell.layers */
  struct pf_desktop* desktop;
  struct wlr_layer_surface_v1* surface;
  struct wlr_scene_node* node;
  struct pf_output* output;
  struct wl_listener map, unmap, destroy, commit;
};

bool pf_layers_open(struct pf_desktop* desktop);

/* Places the layer surfaces of an output and answers what they leave for windows (layout
 * coordinates). */
struct wlr_box pf_layers_arrange(struct pf_desktop* desktop, struct pf_output* output);

/* Ends the layer surfaces of an output that goes. */
void pf_layers_leave_output(struct pf_desktop* desktop, struct pf_output* output);

/* The topmost one that claims the keyboard for itself, or NULL. */
struct wlr_surface* pf_layers_keyboard_claim(struct pf_desktop* desktop);

#endif
