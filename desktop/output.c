#include "desktop/output.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <wlr/interfaces/wlr_output.h>
#include <wlr/types/wlr_output_damage.h>
#include <wlr/types/wlr_output_layout.h>
#include <wlr/types/wlr_scene.h>

#include "desktop/desktop.h"
#include "desktop/render.h"
#include "desktop/say.h"
#include "desktop/shell.h"

/* Outputs lie side by side at fixed places, so that none moves when another one comes or goes. */
#define PLACE_PX ((int)PF_DESKTOP_MAX_SIDE_PX)

static void arm_at(struct pf_output* output, int64_t tick_ns) {
  output->tick_ns = tick_ns;
  const struct itimerspec at = {.it_value = pf_timespec(tick_ns)};
  output->armed = timerfd_settime(output->timer_fd, TFD_TIMER_ABSTIME, &at, NULL) == 0;
}

static void arm(struct pf_output* output) {
  if (output->armed) return;
  const int64_t now_ns = pf_now_ns();
  const bool unused = pf_refresh_index_at(&output->clock, now_ns) > output->used_period;
  arm_at(output, unused ? now_ns : pf_refresh_deadline_ns(&output->clock, output->used_period + 1));
}

/* wlroots sends no presentation feedback at all when this comes from within impl->commit. */
static void tell_presented(struct pf_output* output) {
  struct timespec when = pf_timespec(output->tick_ns);
  struct wlr_output_event_present event = {
      .commit_seq = output->base.commit_seq,
      .presented = true,
      .when = &when,
      .seq = (unsigned)pf_refresh_index_at(&output->clock, output->tick_ns),
      .refresh = (int)pf_refresh_period_ns(&output->clock),
      .flags = WLR_OUTPUT_PRESENT_VSYNC,
  };
  wlr_output_send_present(&output->base, &event);
}

static bool is_damaged(const struct pf_output* output) {
  return pixman_region32_not_empty(&output->scene_output->damage->current);
}

/* The one commit that this period gets. */
static bool refresh(struct pf_output* output) {
  const uint32_t commits_before = output->base.commit_seq;
  wlr_output_send_frame(&output->base); /* opens the gate */
  pf_render(output);
  output->base.frame_pending = true;
  if (output->base.commit_seq == commits_before) return false;
  tell_presented(output);
  return true;
}

static int on_tick(int fd, uint32_t mask, void* data) {
  struct pf_output* output = data;
  uint64_t expirations;
  if (read(fd, &expirations, sizeof expirations) != sizeof expirations) return 0;
  output->armed = false;
  pf_lateness_note(&output->lateness, output->tick_ns);
  const int64_t period = pf_refresh_index_at(&output->clock, pf_now_ns());
  const int64_t next_ns = pf_refresh_deadline_ns(&output->clock, period + 1);
  const bool damaged = is_damaged(output);
  if (!damaged && period <= output->asked_period) {
    arm_at(output, next_ns);
    return 0;
  }
  if (damaged) output->used_period = period;
  output->asked_period = period;
  const bool composited = refresh(output);
  pf_pacing_after_refresh(output, composited, next_ns);
  if (composited)
    pf_lateness_after_refresh(&output->lateness, next_ns, pf_refresh_period_ns(&output->clock));
  if (output->base.needs_frame) arm(output);
  return 0;
}

static void on_needs_frame(struct wl_listener* listener, void* data) {
  struct pf_output* output = wl_container_of(listener, output, needs_frame);
  arm(output);
}

static bool impl_test(struct wlr_output* base) {
  const uint32_t supported = WLR_OUTPUT_STATE_BACKEND_OPTIONAL | WLR_OUTPUT_STATE_BUFFER |
                             WLR_OUTPUT_STATE_MODE | WLR_OUTPUT_STATE_ENABLED;
  return (base->pending.committed & ~supported) == 0;
}

/* Nothing when no program has drawn since the picture before. */
static int64_t take_drawn(struct pf_output* output) {
  const int64_t newest_ns = output->desktop->drawn_ns;
  if (newest_ns == output->drawn_ns) return 0;
  output->drawn_ns = newest_ns;
  return newest_ns;
}

static bool impl_commit(struct wlr_output* base) {
  struct pf_output* output = pf_output_from(base);
  const struct wlr_output_state* state = &base->pending;
  if (!impl_test(base)) return false;
  if (state->committed & WLR_OUTPUT_STATE_MODE)
    wlr_output_update_custom_mode(base, state->custom_mode.width, state->custom_mode.height,
                                  state->custom_mode.refresh);
  if (state->committed & WLR_OUTPUT_STATE_BUFFER) {
    const struct pf_capture_stamps stamps = {.tick_ns = output->tick_ns,
                                             .commit_ns = pf_now_ns(),
                                             .drawn_ns = take_drawn(output),
                                             .late_ns = pf_lateness_take(&output->lateness)};
    const bool damage_known = state->committed & WLR_OUTPUT_STATE_DAMAGE;
    pf_capture_announce(&output->capture, state->buffer, damage_known ? &state->damage : NULL,
                        stamps);
  }
  return true;
}

/* wlroots has taken its own parts down when this is called. */
static void impl_destroy(struct wlr_output* base) {
  struct pf_output* output = pf_output_from(base);
  pf_pacing_stop(output);
  pf_lateness_stop(&output->lateness);
  wl_event_source_remove(output->timer);
  close(output->timer_fd);
  free(output);
}

/* No set_cursor: the pointer is drawn into the picture. */
static const struct wlr_output_impl output_impl = {
    .test = impl_test, .commit = impl_commit, .destroy = impl_destroy};

struct pf_output* pf_output_from(struct wlr_output* output) {
  return output == NULL ? NULL : wl_container_of(output, (struct pf_output*)NULL, base);
}

static int rate_mhz(const struct pf_mode* mode) {
  return (int)(((uint64_t)mode->numerator * 1000 + mode->denominator / 2) / mode->denominator);
}

static void start_clock(struct pf_output* output, const struct pf_mode* mode) {
  output->mode = *mode;
  output->clock = (struct pf_refresh_clock){pf_now_ns(), mode->numerator, mode->denominator};
  output->used_period = output->asked_period = -1;
  if (!output->armed) return;
  output->armed = false;
  arm(output);
}

static void name_output(struct pf_output* output) {
  char name[32];
  snprintf(name, sizeof name, "PF-%u", output->number + 1);
  wlr_output_set_name(&output->base, name);
  snprintf(output->base.make, sizeof output->base.make, "punktfunk");
  snprintf(output->base.model, sizeof output->base.model, "virtual");
  wlr_output_set_description(&output->base, "punktfunk virtual output");
}

struct pf_output* pf_output_create(struct pf_desktop* desktop, uint32_t number,
                                   const struct pf_mode* mode) {
  if (number >= PF_DESKTOP_MAX_OUTPUTS || pf_output_find(desktop, number) != NULL) return NULL;
  struct pf_output* output = calloc(1, sizeof *output);
  if (output == NULL) return NULL;
  output->desktop = desktop;
  output->number = number;
  output->scale = 1;
  output->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (output->timer_fd < 0 || !pf_pacing_start(output)) {
    if (output->timer_fd >= 0) close(output->timer_fd);
    free(output);
    return NULL;
  }
  if (!pf_lateness_start(&output->lateness, desktop->loop)) {
    pf_pacing_stop(output);
    close(output->timer_fd);
    free(output);
    return NULL;
  }
  output->timer =
      wl_event_loop_add_fd(desktop->loop, output->timer_fd, WL_EVENT_READABLE, on_tick, output);
  wlr_output_init(&output->base, &desktop->backend, &output_impl, desktop->display);
  output->base.frame_pending = true;
  name_output(output);
  start_clock(output, mode);
  wlr_output_update_custom_mode(&output->base, (int)mode->width_px, (int)mode->height_px,
                                rate_mhz(mode));
  wlr_output_update_enabled(&output->base, true);
  wlr_output_init_render(&output->base, desktop->allocator, desktop->renderer);
  /* A client's full-screen buffer must not be scanned out: it is not ours to lend. */
  wlr_output_lock_attach_render(&output->base, true);
  pf_capture_init(&output->capture, desktop->loop, &output->base);
  output->needs_frame.notify = on_needs_frame;
  wl_signal_add(&output->base.events.needs_frame, &output->needs_frame);

  const int x = (int)number * PLACE_PX;
  wl_list_insert(desktop->outputs.prev, &output->link);
  wlr_output_layout_add(desktop->layout, &output->base, x, 0);
  output->scene_output = wlr_scene_output_create(desktop->scene, &output->base);
  wlr_scene_output_set_position(output->scene_output, x, 0);
  pf_shell_arrange(desktop);
  return output;
}

bool pf_output_set_mode(struct pf_output* output, const struct pf_mode* mode) {
  const bool resized =
      output->mode.width_px != mode->width_px || output->mode.height_px != mode->height_px;
  if (resized) pf_capture_forget_buffers(&output->capture);
  /* Two rates can be the same in whole mHz, which is no change for wlroots, but it is one for our
   * clock. */
  wlr_output_set_custom_mode(&output->base, (int)mode->width_px, (int)mode->height_px,
                             rate_mhz(mode));
  if (output->base.pending.committed != 0 && !wlr_output_commit(&output->base)) return false;
  start_clock(output, mode);
  pf_shell_arrange(output->desktop);
  return true;
}

bool pf_output_set_scale(struct pf_output* output, uint32_t scale_120) {
  if (scale_120 < PF_DESKTOP_MIN_SCALE_120 || scale_120 > PF_DESKTOP_MAX_SCALE_120) return false;
  wlr_output_set_scale(&output->base, (float)scale_120 / 120);
  if (output->base.pending.committed != 0 && !wlr_output_commit(&output->base)) return false;
  output->scale = scale_120 / 120.0;
  pf_pointer_fit_cursor(output->desktop);
  pf_shell_arrange(output->desktop);
  return true;
}

void pf_output_shift_refresh(struct pf_output* output, int64_t later_ns) {
  pf_refresh_shift(&output->clock, later_ns);
  if (!output->armed) return;
  output->armed = false;
  arm(output);
}

void pf_output_destroy(struct pf_output* output) {
  struct pf_desktop* desktop = output->desktop;
  pf_capture_finish(&output->capture);
  wl_list_remove(&output->link);
  wl_list_remove(&output->needs_frame.link);
  pf_shell_leave_output(desktop, output);
  wlr_output_destroy(&output->base);
  pf_shell_arrange(desktop);
}

struct pf_output* pf_output_find(struct pf_desktop* desktop, uint32_t number) {
  struct pf_output* output;
  wl_list_for_each(output, &desktop->outputs, link) if (output->number == number) return output;
  return NULL;
}

struct wlr_box pf_output_box(const struct pf_output* output) {
  return (struct wlr_box){.x = output->scene_output->x,
                          .y = output->scene_output->y,
                          .width = (int)ceil(output->mode.width_px / output->scale),
                          .height = (int)ceil(output->mode.height_px / output->scale)};
}

/* Also for what is no number. */
static double within(double value_px, uint32_t size_px) {
  if (!(value_px > 0)) return 0;
  return value_px < size_px ? value_px : size_px - 1;
}

void pf_output_point(const struct pf_output* output, double x_px, double y_px, double* x,
                     double* y) {
  *x = output->scene_output->x + within(x_px, output->mode.width_px) / output->scale;
  *y = output->scene_output->y + within(y_px, output->mode.height_px) / output->scale;
}

void pf_output_nearest_point(struct pf_desktop* desktop, double* x, double* y) {
  double best = INFINITY, best_x = *x, best_y = *y;
  struct pf_output* output;
  wl_list_for_each(output, &desktop->outputs, link) {
    double near_x, near_y;
    pf_output_point(output, (*x - output->scene_output->x) * output->scale,
                    (*y - output->scene_output->y) * output->scale, &near_x, &near_y);
    const double distance = hypot(near_x - *x, near_y - *y);
    if (distance >= best) continue;
    best = distance;
    best_x = near_x;
    best_y = near_y;
  }
  *x = best_x;
  *y = best_y;
}
