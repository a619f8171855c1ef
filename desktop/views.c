#include "desktop/views.h"

#include <wlr/types/wlr_scene.h>

#include "desktop/desktop.h"
#include "desktop/output.h"

/* wlroots 0.15 keeps a dangling pointer to a destroyed output in the surfaces that lay on it, until
 * they move: so a window without an output is moved to where no output can be. */
#define NOWHERE_PX (-30000)

bool pf_view_begin(struct pf_view* view, struct pf_desktop* desktop,
                   const struct pf_view_kind* kind) {
  struct wlr_scene_tree* tree =
      wlr_scene_tree_create(&desktop->shell.strata[PF_STRATUM_WINDOWS]->node);
  if (tree == NULL) return false;
  *view = (struct pf_view){.kind = kind, .desktop = desktop, .tree = tree};
  tree->node.data = view;
  wl_list_insert(&desktop->shell.views, &view->link);
  return true;
}

void pf_view_end(struct pf_view* view) {
  wl_list_remove(&view->link);
  wlr_scene_node_destroy(&view->tree->node);
  pf_shell_refocus(view->desktop);
}

void pf_view_map(struct pf_view* view) {
  view->mapped = true;
  pf_view_raise(view);
  pf_view_arrange(view); /* a dialog knows its size only now */
  pf_shell_refocus(view->desktop);
}

void pf_view_unmap(struct pf_view* view) {
  view->mapped = false;
  pf_shell_refocus(view->desktop);
}

void pf_view_set_active(struct pf_view* view, bool active) {
  if (view->active == active) return;
  view->active = active;
  view->kind->set_active(view, active);
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

static struct wlr_box centred(struct wlr_box size, const struct wlr_box* area) {
  size.x = area->x + (area->width - size.width) / 2;
  size.y = area->y + (area->height - size.height) / 2;
  return size;
}

void pf_view_arrange(struct pf_view* view) {
  if (view->output == NULL) view->output = pf_shell_default_output(view->desktop);
  if (view->output == NULL) {
    pf_view_park(view);
    return;
  }
  struct wlr_box box = view->output->usable;
  enum pf_placement placement = PF_PLACED_FULL;
  if (view->kind->wants_fullscreen(view)) {
    box = pf_output_box(view->output);
    placement = PF_PLACED_FULLSCREEN;
  } else if (view->kind->keeps_its_size(view)) {
    box = centred(view->kind->own_size(view), &box);
    placement = PF_PLACED_FREELY;
  }
  view->kind->place(view, &box, placement);
  wlr_scene_node_set_position(&view->tree->node, box.x, box.y);
  wlr_scene_node_set_enabled(&view->tree->node, true);
}

void pf_view_park(struct pf_view* view) {
  view->output = NULL;
  wlr_scene_node_set_position(&view->tree->node, NOWHERE_PX, NOWHERE_PX);
  wlr_scene_node_set_enabled(&view->tree->node, false);
}
