#include "desktop/desktop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wlr/backend/interface.h>
#include <wlr/render/pixman.h>
#include <wlr/render/wlr_renderer.h>
#include <wlr/types/wlr_compositor.h>
#include <wlr/types/wlr_data_control_v1.h>
#include <wlr/types/wlr_data_device.h>
#include <wlr/types/wlr_output_layout.h>
#include <wlr/types/wlr_presentation_time.h>
#include <wlr/types/wlr_primary_selection_v1.h>
#include <wlr/types/wlr_scene.h>
#include <wlr/types/wlr_screencopy_v1.h>
#include <wlr/types/wlr_viewporter.h>
#include <wlr/types/wlr_xdg_output_v1.h>

#include "desktop/allocator.h"
#include "desktop/output.h"
#include "desktop/pacing.h"
#include "desktop/say.h"

static bool backend_start(struct wlr_backend* backend) { return true; }
static void backend_destroy(struct wlr_backend* backend) { wlr_backend_finish(backend); }
static uint32_t backend_buffer_caps(struct wlr_backend* backend) {
  return WLR_BUFFER_CAP_DATA_PTR | WLR_BUFFER_CAP_SHM;
}

static const struct wlr_backend_impl backend_impl = {
    .start = backend_start,
    .destroy = backend_destroy,
    .get_buffer_caps = backend_buffer_caps,
};

static bool open_renderer(struct pf_desktop* desktop) {
  wlr_backend_init(&desktop->backend, &backend_impl);
  desktop->renderer = wlr_pixman_renderer_create();
  desktop->allocator = pf_allocator_create();
  return desktop->renderer != NULL && desktop->allocator != NULL &&
         wlr_renderer_init_wl_shm(desktop->renderer, desktop->display);
}

static bool open_scene(struct pf_desktop* desktop) {
  desktop->scene = wlr_scene_create();
  desktop->layout = wlr_output_layout_create();
  struct wlr_presentation* presentation =
      wlr_presentation_create(desktop->display, &desktop->backend);
  if (desktop->scene == NULL || desktop->layout == NULL || presentation == NULL) return false;
  wlr_scene_set_presentation(desktop->scene, presentation);
  return true;
}

/* What applications and ordinary wlroots tools ask for; their code is libwlroots' own. */
static bool open_protocols(struct pf_desktop* desktop) {
  struct wl_display* display = desktop->display;
  desktop->compositor = wlr_compositor_create(display, desktop->renderer);
  if (desktop->compositor == NULL) return false;
  pf_pacing_open(desktop, desktop->compositor);
  return wlr_viewporter_create(display) != NULL &&
         wlr_data_device_manager_create(display) != NULL &&
         wlr_data_control_manager_v1_create(display) != NULL &&
         wlr_primary_selection_v1_device_manager_create(display) != NULL &&
         wlr_screencopy_manager_v1_create(display) != NULL &&
         wlr_xdg_output_manager_v1_create(display, desktop->layout) != NULL;
}

static bool open_socket(struct pf_desktop* desktop) {
  const char* name = wl_display_add_socket_auto(desktop->display);
  if (name == NULL)
    return pf_complain("cannot make a Wayland socket in %s", getenv("XDG_RUNTIME_DIR"));
  snprintf(desktop->wayland_socket, sizeof desktop->wayland_socket, "%s/%s",
           getenv("XDG_RUNTIME_DIR"), name);
  return true;
}

bool pf_desktop_open(struct pf_desktop* desktop) {
  memset(desktop, 0, sizeof *desktop);
  wl_list_init(&desktop->outputs);
  desktop->display = wl_display_create();
  if (desktop->display == NULL) return pf_complain("out of memory");
  desktop->loop = wl_display_get_event_loop(desktop->display);
  if (!open_renderer(desktop) || !open_scene(desktop) || !open_protocols(desktop) ||
      !pf_shell_open(desktop) || !pf_seat_open(desktop))
    return pf_complain("libwlroots could not set up its parts");
  pf_xwayland_open(desktop);
  return open_socket(desktop);
}

void pf_desktop_close(struct pf_desktop* desktop) {
  pf_touch_close(desktop);
  pf_xwayland_close(desktop);
  wl_display_destroy_clients(desktop->display);
  struct pf_output *output, *next;
  wl_list_for_each_safe(output, next, &desktop->outputs, link) pf_output_destroy(output);
  pf_seat_close(desktop);
  wlr_scene_node_destroy(&desktop->scene->node);
  wlr_output_layout_destroy(desktop->layout);
  wl_display_destroy(desktop->display);
  wlr_backend_destroy(&desktop->backend);
  wlr_allocator_destroy(desktop->allocator);
  wlr_renderer_destroy(desktop->renderer);
}

void pf_desktop_stop(struct pf_desktop* desktop, int exit_status) {
  desktop->exit_status = exit_status;
  wl_display_terminate(desktop->display);
}
