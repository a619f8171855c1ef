#include "desktop/render.h"

#include <drm_fourcc.h>
#include <wlr/render/wlr_renderer.h>
#include <wlr/types/wlr_output_damage.h>
#include <wlr/types/wlr_scene.h>
#include <wlr/types/wlr_surface.h>

#include "desktop/desktop.h"
#include "desktop/output.h"

/* Pixel for pixel from a buffer without alpha. The edges of a scaled one may shine through. */
static bool is_opaque(const struct wlr_surface* surface) {
  const struct wlr_surface_state* state = &surface->current;
  return surface->buffer != NULL && surface->buffer->shm_source_format == DRM_FORMAT_XRGB8888 &&
         state->width == state->buffer_width && state->height == state->buffer_height;
}

/* Takes what a surface covers for sure off the region that must be cleared. */
static void subtract_opaque(struct wlr_surface* surface, int x, int y, void* region) {
  if (!wlr_surface_has_buffer(surface)) return;
  pixman_region32_t opaque;
  if (is_opaque(surface)) {
    pixman_region32_init_rect(&opaque, 0, 0, (unsigned)surface->current.width,
                              (unsigned)surface->current.height);
  } else {
    pixman_region32_init(&opaque);
    pixman_region32_copy(&opaque, &surface->opaque_region);
  }
  pixman_region32_translate(&opaque, x, y);
  pixman_region32_subtract(region, region, &opaque);
  pixman_region32_fini(&opaque);
}

static void clear_uncovered(struct pf_output* output, const pixman_region32_t* damage) {
  struct wlr_renderer* renderer = output->base.renderer;
  const struct wlr_scene_output* scene_output = output->scene_output;
  pixman_region32_t bare;
  pixman_region32_init(&bare);
  /* Into layout coordinates, where the surfaces are, and back. */
  pixman_region32_copy(&bare, (pixman_region32_t*)damage);
  /* Scaled, their edges may lie within a pixel. */
  if (output->scale == 1) {
    pixman_region32_translate(&bare, scene_output->x, scene_output->y);
    wlr_scene_output_for_each_surface(output->scene_output, subtract_opaque, &bare);
    pixman_region32_translate(&bare, -scene_output->x, -scene_output->y);
  }
  int count;
  const pixman_box32_t* boxes = pixman_region32_rectangles(&bare, &count);
  for (int i = 0; i < count; ++i) {
    struct wlr_box box = {boxes[i].x1, boxes[i].y1, boxes[i].x2 - boxes[i].x1,
                          boxes[i].y2 - boxes[i].y1};
    wlr_renderer_scissor(renderer, &box);
    wlr_renderer_clear(renderer, (const float[]){0, 0, 0, 1});
  }
  wlr_renderer_scissor(renderer, NULL);
  pixman_region32_fini(&bare);
}

void pf_render(struct pf_output* output) {
  struct wlr_output* base = &output->base;
  struct wlr_output_damage* tracked = output->scene_output->damage;
  pixman_region32_t damage; /* of the buffer at hand, which may be older than the last picture */
  pixman_region32_init(&damage);
  bool needed = false;
  if (wlr_output_damage_attach_render(tracked, &needed, &damage) && needed) {
    wlr_renderer_begin(base->renderer, (uint32_t)base->width, (uint32_t)base->height);
    clear_uncovered(output, &damage);
    wlr_scene_render_output(output->desktop->scene, base, output->scene_output->x,
                            output->scene_output->y, &damage);
    wlr_output_render_software_cursors(base, &damage);
    wlr_renderer_end(base->renderer);
    wlr_output_set_damage(base, &tracked->current);
    wlr_output_commit(base);
  } else {
    wlr_output_rollback(base);
  }
  pixman_region32_fini(&damage);
}
