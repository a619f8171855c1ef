#include "desktop/layers.h"

#include <stdlib.h>
#include <wlr/types/wlr_layer_shell_v1.h>
#include <wlr/types/wlr_scene.h>

#include "desktop/desktop.h"
#include "desktop/listen.h"
#include "desktop/output.h"

enum {
  TOP = ZWLR_LAYER_SURFACE_V1_ANCHOR_TOP,
  BOTTOM = ZWLR_LAYER_SURFACE_V1_ANCHOR_BOTTOM,
  LEFT = ZWLR_LAYER_SURFACE_V1_ANCHOR_LEFT,
  RIGHT = ZWLR_LAYER_SURFACE_V1_ANCHOR_RIGHT
};

static enum pf_stratum stratum_of(enum zwlr_layer_shell_v1_layer layer) {
  switch (layer) {
    case ZWLR_LAYER_SHELL_V1_LAYER_BACKGROUND:
      return PF_STRATUM_BACKGROUND;
    case ZWLR_LAYER_SHELL_V1_LAYER_BOTTOM:
      return PF_STRATUM_BOTTOM;
    case ZWLR_LAYER_SHELL_V1_LAYER_TOP:
      return PF_STRATUM_TOP;
    case ZWLR_LAYER_SHELL_V1_LAYER_OVERLAY:
      return PF_STRATUM_OVERLAY;
  }
  return PF_STRATUM_TOP;
}

struct span {
  int start, length;
};

/* One axis: anchored to both ends it is centred between them (and fills them when it wants no size
 * of its own), to one end it keeps its margin from it, to none it is centred. */
static struct span place_on_axis(struct span area, int wanted, bool at_start, bool at_end,
                                 int margin_start, int margin_end) {
  const int room = area.length - margin_start - margin_end;
  const int length = wanted > 0 ? wanted : (room > 0 ? room : 1);
  if (at_start && (!at_end || wanted == 0)) return (struct span){area.start + margin_start, length};
  if (at_end && !at_start)
    return (struct span){area.start + area.length - margin_end - length, length};
  return (struct span){area.start + (area.length - length) / 2, length};
}

/* The one edge it claims room at: the odd one of an odd number of anchored edges. 0: none. */
static uint32_t exclusive_edge(uint32_t anchor) {
  const uint32_t vertical = anchor & (TOP | BOTTOM), horizontal = anchor & (LEFT | RIGHT);
  const bool whole_width = horizontal == (LEFT | RIGHT), whole_height = vertical == (TOP | BOTTOM);
  if ((vertical == TOP || vertical == BOTTOM) && (whole_width || horizontal == 0)) return vertical;
  if ((horizontal == LEFT || horizontal == RIGHT) && (whole_height || vertical == 0))
    return horizontal;
  return 0;
}

static void take_off(struct wlr_box* area, const struct wlr_layer_surface_v1_state* state) {
  const uint32_t edge = exclusive_edge(state->anchor);
  const int zone = state->exclusive_zone;
  if (edge == TOP) area->y += zone + (int)state->margin.top;
  if (edge == TOP) area->height -= zone + (int)state->margin.top;
  if (edge == BOTTOM) area->height -= zone + (int)state->margin.bottom;
  if (edge == LEFT) area->x += zone + (int)state->margin.left;
  if (edge == LEFT) area->width -= zone + (int)state->margin.left;
  if (edge == RIGHT) area->width -= zone + (int)state->margin.right;
  if (area->width < 1) area->width = 1;
  if (area->height < 1) area->height = 1;
}

static void arrange_one(struct pf_layer* layer, const struct wlr_box* whole, struct wlr_box* free) {
  const struct wlr_layer_surface_v1_state* state = &layer->surface->current;
  const struct wlr_box* area = state->exclusive_zone < 0 ? whole : free;
  const struct span x = place_on_axis(
      (struct span){area->x, area->width}, (int)state->desired_width, state->anchor & LEFT,
      state->anchor & RIGHT, (int)state->margin.left, (int)state->margin.right);
  const struct span y = place_on_axis(
      (struct span){area->y, area->height}, (int)state->desired_height, state->anchor & TOP,
      state->anchor & BOTTOM, (int)state->margin.top, (int)state->margin.bottom);
  if (state->exclusive_zone > 0) take_off(free, state);
  wlr_scene_node_set_position(layer->node, x.start, y.start);
  /* Answered at the latest with its first commit; sent again only when it differs. */
  if (!layer->surface->configured || (int)state->actual_width != x.length ||
      (int)state->actual_height != y.length)
    wlr_layer_surface_v1_configure(layer->surface, (uint32_t)x.length, (uint32_t)y.length);
}

struct wlr_box pf_layers_arrange(struct pf_desktop* desktop, struct pf_output* output) {
  const struct wlr_box whole = pf_output_box(output);
  struct wlr_box free = whole;
  /* Those which claim room first: the rest is what they leave. */
  for (int claims = 1; claims >= 0; --claims) {
    struct pf_layer* layer;
    wl_list_for_each(layer, &desktop->shell.layers, link) {
      if (layer->output == output && (layer->surface->current.exclusive_zone > 0) == claims)
        arrange_one(layer, &whole, &free);
    }
  }
  return free;
}

void pf_layers_leave_output(struct pf_desktop* desktop, struct pf_output* output) {
  struct pf_layer *layer, *next;
  wl_list_for_each_safe(layer, next, &desktop->shell.layers, link) if (layer->output == output)
      wlr_layer_surface_v1_destroy(layer->surface);
}

struct wlr_surface* pf_layers_keyboard_claim(struct pf_desktop* desktop) {
  const struct pf_layer *best = NULL, *layer;
  wl_list_for_each(layer, &desktop->shell.layers, link) {
    const struct wlr_layer_surface_v1_state* state = &layer->surface->current;
    if (!layer->surface->mapped || layer->output == NULL) continue;
    if (state->keyboard_interactive != ZWLR_LAYER_SURFACE_V1_KEYBOARD_INTERACTIVITY_EXCLUSIVE)
      continue;
    if (state->layer < ZWLR_LAYER_SHELL_V1_LAYER_TOP) continue;
    if (best == NULL || state->layer >= best->surface->current.layer) best = layer;
  }
  return best == NULL ? NULL : best->surface->surface;
}

static void on_change(struct pf_layer* layer) { pf_shell_arrange(layer->desktop); }

static void on_map(struct wl_listener* listener, void* data) {
  struct pf_layer* layer = wl_container_of(listener, layer, map);
  on_change(layer);
}

static void on_unmap(struct wl_listener* listener, void* data) {
  struct pf_layer* layer = wl_container_of(listener, layer, unmap);
  pf_shell_refocus(layer->desktop);
}

static void on_commit(struct wl_listener* listener, void* data) {
  struct pf_layer* layer = wl_container_of(listener, layer, commit);
  if (layer->surface->current.committed == 0 && layer->surface->configured) return;
  wlr_scene_node_reparent(
      layer->node, &layer->desktop->shell.strata[stratum_of(layer->surface->current.layer)]->node);
  on_change(layer);
}

static void on_destroy(struct wl_listener* listener, void* data) {
  struct pf_layer* layer = wl_container_of(listener, layer, destroy);
  struct pf_desktop* desktop = layer->desktop;
  wl_list_remove(&layer->map.link);
  wl_list_remove(&layer->unmap.link);
  wl_list_remove(&layer->destroy.link);
  wl_list_remove(&layer->commit.link);
  wl_list_remove(&layer->link);
  layer->surface->data = NULL;
  wlr_scene_node_destroy(layer->node);
  free(layer);
  pf_shell_arrange(desktop);
}

static void on_new_layer_surface(struct wl_listener* listener, void* data) {
  struct pf_desktop* desktop = wl_container_of(listener, desktop, shell.new_layer_surface);
  struct wlr_layer_surface_v1* surface = data;
  struct pf_output* output = pf_output_from(surface->output);
  if (output == NULL) output = pf_shell_default_output(desktop);
  struct pf_layer* layer = output == NULL ? NULL : calloc(1, sizeof *layer);
  if (layer == NULL) {
    wlr_layer_surface_v1_destroy(surface); /* the protocol's `closed` */
    return;
  }
  *layer = (struct pf_layer){.desktop = desktop, .surface = surface, .output = output};
  surface->output = &output->base;
  surface->data = layer;
  layer->node = wlr_scene_subsurface_tree_create(
      &desktop->shell.strata[stratum_of(surface->pending.layer)]->node, surface->surface);
  pf_listen(&layer->map, on_map, &surface->events.map);
  pf_listen(&layer->unmap, on_unmap, &surface->events.unmap);
  pf_listen(&layer->destroy, on_destroy, &surface->events.destroy);
  pf_listen(&layer->commit, on_commit, &surface->surface->events.commit);
  wl_list_insert(desktop->shell.layers.prev, &layer->link);
}

bool pf_layers_open(struct pf_desktop* desktop) {
  struct wlr_layer_shell_v1* layer_shell = wlr_layer_shell_v1_create(desktop->display);
  if (layer_shell == NULL) return false;
  pf_listen(&desktop->shell.new_layer_surface, on_new_layer_surface,
            &layer_shell->events.new_surface);
  return true;
}
