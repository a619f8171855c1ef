#include "desktop/touch.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wayland-server-core.h>
#include <wlr/types/wlr_seat.h>
#include <wlr/types/wlr_surface.h>

#include "desktop/desktop.h"
#include "desktop/output.h"
#include "desktop/say.h"

struct pf_finger {
  bool down;
  uint32_t finger;  /* the sender's number for it */
  double left, top; /* of the surface it is on, in layout coordinates, when it came down */
};

struct pf_touch_channel {
  struct pf_desktop* desktop;
  uint32_t place; /* in pf_touch.channels */
  uint32_t output;
  int socket;
  struct wl_event_source* readable;
  struct pf_finger fingers[PF_TOUCH_MAX_FINGERS];
};

static void tell_capabilities(struct pf_desktop* desktop) {
  bool any = false;
  for (uint32_t i = 0; i < PF_TOUCH_MAX_CHANNELS; ++i) any |= desktop->touch.channels[i] != NULL;
  wlr_seat_set_capabilities(desktop->seat.wlr, WL_SEAT_CAPABILITY_POINTER |
                                                   WL_SEAT_CAPABILITY_KEYBOARD |
                                                   (any ? WL_SEAT_CAPABILITY_TOUCH : 0));
}

/* Programs see small numbers, whatever the sender counts in. */
static int32_t id_of(const struct pf_touch_channel* channel, const struct pf_finger* finger) {
  return (int32_t)(channel->place * PF_TOUCH_MAX_FINGERS + (uint32_t)(finger - channel->fingers));
}

static uint32_t now_ms(void) { return (uint32_t)(pf_now_ns() / 1000000); }

static struct pf_finger* find(struct pf_touch_channel* channel, uint32_t number) {
  for (uint32_t i = 0; i < PF_TOUCH_MAX_FINGERS; ++i)
    if (channel->fingers[i].down && channel->fingers[i].finger == number)
      return &channel->fingers[i];
  return NULL;
}

static struct pf_finger* find_free(struct pf_touch_channel* channel) {
  for (uint32_t i = 0; i < PF_TOUCH_MAX_FINGERS; ++i)
    if (!channel->fingers[i].down) return &channel->fingers[i];
  return NULL;
}

static void lift(struct pf_touch_channel* channel, struct pf_finger* finger) {
  finger->down = false;
  wlr_seat_touch_notify_up(channel->desktop->seat.wlr, now_ms(), id_of(channel, finger));
}

static void put_down(struct pf_touch_channel* channel, uint32_t number, double x, double y) {
  struct pf_finger* finger = find(channel, number);
  if (finger != NULL) lift(channel, finger);
  finger = find_free(channel);
  if (finger == NULL) return;
  struct pf_desktop* desktop = channel->desktop;
  pf_shell_click(desktop, x, y);
  double surface_x, surface_y;
  struct wlr_surface* surface = pf_shell_surface_at(desktop, x, y, &surface_x, &surface_y);
  if (surface == NULL || !wlr_surface_accepts_touch(desktop->seat.wlr, surface)) return;
  *finger = (struct pf_finger){true, number, x - surface_x, y - surface_y};
  wlr_seat_touch_notify_down(desktop->seat.wlr, surface, now_ms(), id_of(channel, finger),
                             surface_x, surface_y);
}

static void move(struct pf_touch_channel* channel, uint32_t number, double x, double y) {
  const struct pf_finger* finger = find(channel, number);
  if (finger == NULL) return;
  struct pf_desktop* desktop = channel->desktop;
  const int32_t id = id_of(channel, finger);
  /* Whatever is dragged learns what it is over. */
  if (desktop->seat.wlr->drag != NULL && wlr_seat_touch_get_point(desktop->seat.wlr, id) != NULL) {
    double surface_x, surface_y;
    struct wlr_surface* under = pf_shell_surface_at(desktop, x, y, &surface_x, &surface_y);
    if (under != NULL)
      wlr_seat_touch_point_focus(desktop->seat.wlr, under, now_ms(), id, surface_x, surface_y);
    else
      wlr_seat_touch_point_clear_focus(desktop->seat.wlr, now_ms(), id);
  }
  wlr_seat_touch_notify_motion(desktop->seat.wlr, now_ms(), id, x - finger->left, y - finger->top);
}

/* A popup's grab passes no cancellation on. */
static void cancel_surface(struct wlr_seat* seat, struct wlr_surface* surface) {
  if (seat->touch_state.grab->interface->wl_cancel == NULL)
    wlr_seat_touch_send_cancel(seat, surface);
  wlr_seat_touch_notify_cancel(seat, surface);
}

/* For a program a cancellation ends all fingers, so those of other channels that are on the same
 * program go as well: their later events find nothing. */
static void cancel(struct pf_touch_channel* channel) {
  struct wlr_seat* seat = channel->desktop->seat.wlr;
  for (uint32_t i = 0; i < PF_TOUCH_MAX_FINGERS; ++i) {
    struct pf_finger* finger = &channel->fingers[i];
    if (!finger->down) continue;
    finger->down = false;
    const int32_t id = id_of(channel, finger);
    const struct wlr_touch_point* point = wlr_seat_touch_get_point(seat, id);
    if (point == NULL) continue;
    if (point->surface != NULL)
      cancel_surface(seat, point->surface);
    else
      wlr_seat_touch_notify_up(seat, now_ms(), id);
  }
}

static void leave(struct pf_touch_channel* channel) {
  struct pf_desktop* desktop = channel->desktop;
  cancel(channel);
  wlr_seat_touch_notify_frame(desktop->seat.wlr);
  wl_event_source_remove(channel->readable);
  close(channel->socket);
  desktop->touch.channels[channel->place] = NULL;
  free(channel);
  tell_capabilities(desktop);
}

/* False: that was nonsense. */
static bool obey(struct pf_touch_channel* channel, const struct pf_touch_event* event) {
  const struct pf_output* output = pf_output_find(channel->desktop, channel->output);
  struct pf_finger* finger = find(channel, event->finger);
  double x = 0, y = 0;
  if (output != NULL) pf_output_point(output, event->x_256 / 256.0, event->y_256 / 256.0, &x, &y);
  switch (event->action) {
    case PF_TOUCH_DOWN:
      if (output != NULL) put_down(channel, event->finger, x, y);
      return true;
    case PF_TOUCH_MOTION:
      if (output != NULL) move(channel, event->finger, x, y);
      return true;
    case PF_TOUCH_UP:
      if (finger != NULL) lift(channel, finger);
      return true;
    case PF_TOUCH_FRAME:
      wlr_seat_touch_notify_frame(channel->desktop->seat.wlr);
      return true;
    case PF_TOUCH_CANCEL:
      cancel(channel);
      return true;
    default:
      return false;
  }
}

static int on_readable(int fd, uint32_t mask, void* data) {
  struct pf_touch_channel* channel = data;
  struct pf_touch_event event;
  const ssize_t got = recv(fd, &event, sizeof event, MSG_DONTWAIT | MSG_TRUNC);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  const bool gone = got <= 0;
  if (!gone && got == (ssize_t)sizeof event && obey(channel, &event)) return 0;
  if (!gone) pf_say("nonsense on a touch channel (%zd bytes): it is closed", got);
  leave(channel);
  return 0;
}

bool pf_touch_join(struct pf_desktop* desktop, uint32_t output, int socket) {
  uint32_t place = 0;
  while (place < PF_TOUCH_MAX_CHANNELS && desktop->touch.channels[place] != NULL) ++place;
  struct pf_touch_channel* channel =
      place == PF_TOUCH_MAX_CHANNELS ? NULL : calloc(1, sizeof *channel);
  if (channel != NULL) {
    *channel = (struct pf_touch_channel){
        .desktop = desktop, .place = place, .output = output, .socket = socket};
    channel->readable =
        wl_event_loop_add_fd(desktop->loop, socket, WL_EVENT_READABLE, on_readable, channel);
  }
  if (channel == NULL || channel->readable == NULL) {
    free(channel);
    close(socket);
    return false;
  }
  desktop->touch.channels[place] = channel;
  tell_capabilities(desktop);
  return true;
}

void pf_touch_close(struct pf_desktop* desktop) {
  for (uint32_t i = 0; i < PF_TOUCH_MAX_CHANNELS; ++i)
    if (desktop->touch.channels[i] != NULL) leave(desktop->touch.channels[i]);
}
