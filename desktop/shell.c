#include "desktop/shell.h"

#include <wlr/types/wlr_output_layout.h>
#include <wlr/types/wlr_scene.h>
#include <wlr/types/wlr_surface.h>

#include "desktop/desktop.h"
#include "desktop/layers.h"
#include "desktop/output.h"
#include "desktop/views.h"
#include "desktop/x11.h"
#include "desktop/xdg_shell.h"

bool pf_shell_open(struct pf_desktop* desktop) {
  struct pf_shell* shell = &desktop->shell;
  wl_list_init(&shell->views);
  wl_list_init(&shell->menus);
  wl_list_init(&shell->layers);
  for (int i = 0; i < PF_STRATUM_COUNT; ++i) {
    shell->strata[i] = wlr_scene_tree_create(&desktop->scene->node);
    if (shell->strata[i] == NULL) return false;
  }
  return pf_xdg_shell_open(desktop) && pf_layers_open(desktop);
}

void pf_shell_arrange(struct pf_desktop* desktop) {
  struct pf_output* output;
  wl_list_for_each(output, &desktop->outputs, link) output->usable =
      pf_layers_arrange(desktop, output);
  struct pf_view* view;
  wl_list_for_each(view, &desktop->shell.views, link) pf_view_arrange(view);
  pf_shell_refocus(desktop);
}

void pf_shell_leave_output(struct pf_desktop* desktop, struct pf_output* output) {
  pf_layers_leave_output(desktop, output);
  struct pf_view* view;
  wl_list_for_each(view, &desktop->shell.views, link) if (view->output == output)
      pf_view_park(view);
}

void pf_shell_refocus(struct pf_desktop* desktop) {
  struct pf_view *active = NULL, *view;
  wl_list_for_each_reverse(view, &desktop->shell.views, link) if (view->mapped) active = view;
  struct wlr_surface* claim = pf_layers_keyboard_claim(desktop);
  wl_list_for_each(view, &desktop->shell.views, link)
      pf_view_set_active(view, view == active && claim == NULL);
  /* The window that a menu belongs to stays the active one. */
  if (claim == NULL) claim = pf_x11_keyboard_claim(desktop);
  if (claim == NULL && active != NULL) claim = active->kind->surface(active);
  pf_seat_focus_keyboard(desktop, claim);
  pf_pointer_refocus(desktop);
}

struct wlr_surface* pf_shell_surface_at(struct pf_desktop* desktop, double x, double y,
                                        double* surface_x, double* surface_y) {
  struct wlr_scene_node* node =
      wlr_scene_node_at(&desktop->scene->node, x, y, surface_x, surface_y);
  if (node == NULL || node->type != WLR_SCENE_NODE_SURFACE) return NULL;
  return wlr_scene_surface_from_node(node)->surface;
}

void pf_shell_click(struct pf_desktop* desktop, double x, double y) {
  double ignored_x, ignored_y;
  struct pf_view* view =
      pf_view_of(wlr_scene_node_at(&desktop->scene->node, x, y, &ignored_x, &ignored_y));
  if (view == NULL || desktop->shell.views.next == &view->link) return;
  pf_view_raise(view);
  pf_shell_refocus(desktop);
}

struct pf_output* pf_shell_default_output(struct pf_desktop* desktop) {
  if (wl_list_empty(&desktop->outputs)) return NULL;
  const struct pf_pointer* pointer = &desktop->seat.pointer;
  struct wlr_output* under = wlr_output_layout_output_at(desktop->layout, pointer->x, pointer->y);
  if (under != NULL) return pf_output_from(under);
  return wl_container_of(desktop->outputs.next, (struct pf_output*)NULL, link);
}
