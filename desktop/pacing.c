#include "desktop/pacing.h"

#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <wlr/types/wlr_compositor.h>
#include <wlr/types/wlr_scene.h>
#include <wlr/types/wlr_surface.h>

#include "desktop/desktop.h"
#include "desktop/drawing_time.h"
#include "desktop/output.h"
#include "desktop/say.h"

/* Callbacks that are due this soon go out together. */
#define TOGETHER_NS 200000ll

struct pf_paced {
  struct pf_desktop* desktop;
  struct wlr_surface* surface; /* its data is this */
  struct pf_drawing_time drawing;
  int64_t callback_ns; /* when it was last told to draw; 0: it has answered */
  bool composited;     /* its newest commit was */
  struct wl_listener commit, destroy;
};

static void on_commit(struct wl_listener* listener, void* data) {
  struct pf_paced* paced = wl_container_of(listener, paced, commit);
  paced->composited = false;
  if (paced->surface->current.committed & WLR_SURFACE_STATE_BUFFER)
    paced->desktop->drawn_ns = pf_now_ns();
  if (paced->callback_ns == 0 || !(paced->surface->current.committed & WLR_SURFACE_STATE_BUFFER))
    return;
  pf_drawing_time_add(&paced->drawing, pf_now_ns() - paced->callback_ns);
  paced->callback_ns = 0;
}

static void on_destroy(struct wl_listener* listener, void* data) {
  struct pf_paced* paced = wl_container_of(listener, paced, destroy);
  wl_list_remove(&paced->commit.link);
  wl_list_remove(&paced->destroy.link);
  paced->surface->data = NULL;
  free(paced);
}

static void on_new_surface(struct wl_listener* listener, void* data) {
  struct wlr_surface* surface = data;
  struct pf_paced* paced = calloc(1, sizeof *paced);
  if (paced == NULL) return;
  paced->desktop = wl_container_of(listener, paced->desktop, new_surface);
  paced->surface = surface;
  paced->commit.notify = on_commit;
  wl_signal_add(&surface->events.commit, &paced->commit);
  paced->destroy.notify = on_destroy;
  wl_signal_add(&surface->events.destroy, &paced->destroy);
  surface->data = paced;
}

void pf_pacing_open(struct pf_desktop* desktop, struct wlr_compositor* compositor) {
  desktop->new_surface.notify = on_new_surface;
  wl_signal_add(&compositor->events.new_surface, &desktop->new_surface);
}

/* What one walk over the surfaces of an output does. */
struct walk {
  struct pf_output* output;
  bool composited; /* a refresh has just shown all of them */
  int64_t now_ns;
  int64_t next_due_ns; /* out: of the callbacks that are still held back; 0: none */
};

static void visit(struct walk* walk, struct wlr_surface* surface) {
  struct pf_paced* paced = surface->data;
  if (paced == NULL) return; /* out of memory once: it draws without us */
  if (walk->composited) paced->composited = true;
  if (!paced->composited || wl_list_empty(&surface->current.frame_callback_list)) return;
  const struct pf_output* output = walk->output;
  const int64_t due_ns =
      output->pacing.deadline_ns -
      pf_drawing_time_budget_ns(&paced->drawing, pf_refresh_period_ns(&output->clock));
  if (due_ns > walk->now_ns + TOGETHER_NS) {
    if (walk->next_due_ns == 0 || due_ns < walk->next_due_ns) walk->next_due_ns = due_ns;
    return;
  }
  paced->callback_ns = walk->now_ns;
  const struct timespec now = pf_timespec(walk->now_ns);
  wlr_surface_send_frame_done(surface, &now);
}

static void visit_all(struct walk* walk, struct wlr_scene_node* node) {
  if (!node->state.enabled) return;
  if (node->type == WLR_SCENE_NODE_SURFACE) {
    struct wlr_scene_surface* surface = wlr_scene_surface_from_node(node);
    if (surface->primary_output == &walk->output->base) visit(walk, surface->surface);
  }
  struct wlr_scene_node* child;
  wl_list_for_each(child, &node->state.children, state.link) visit_all(walk, child);
}

static void send_due(struct pf_output* output, bool composited) {
  struct walk walk = {.output = output, .composited = composited, .now_ns = pf_now_ns()};
  visit_all(&walk, &output->desktop->scene->node);
  /* Zero disarms it. */
  const struct itimerspec at = {.it_value = pf_timespec(walk.next_due_ns)};
  timerfd_settime(output->pacing.timer_fd, TFD_TIMER_ABSTIME, &at, NULL);
}

static int on_timer(int fd, uint32_t mask, void* data) {
  uint64_t expirations;
  if (read(fd, &expirations, sizeof expirations) == sizeof expirations) send_due(data, false);
  return 0;
}

bool pf_pacing_start(struct pf_output* output) {
  struct pf_pacing* pacing = &output->pacing;
  pacing->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (pacing->timer_fd < 0) return false;
  pacing->timer = wl_event_loop_add_fd(output->desktop->loop, pacing->timer_fd, WL_EVENT_READABLE,
                                       on_timer, output);
  return true;
}

void pf_pacing_stop(struct pf_output* output) {
  wl_event_source_remove(output->pacing.timer);
  close(output->pacing.timer_fd);
}

void pf_pacing_after_refresh(struct pf_output* output, bool composited, int64_t deadline_ns) {
  output->pacing.deadline_ns = deadline_ns;
  send_due(output, composited);
}
