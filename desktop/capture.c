#include "desktop/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wlr/interfaces/wlr_output.h>

#include "desktop/allocator.h"
#include "desktop/protocol.h"
#include "desktop/say.h"

#define MAX_HELD 2u
/* The sessions that share a desktop, one that replaces one of them, and who makes stills of it. */
#define MAX_CONSUMERS 6

struct pf_consumer {
  struct wl_list link; /* pf_capture.consumers */
  struct pf_capture* capture;
  int channel;
  struct wl_event_source* readable;
  struct pf_buffer* held[MAX_HELD]; /* NULL: free place */
  uint32_t known[PF_CAPTURE_MAX_BUFFERS];
  uint32_t known_count; /* buffers whose memfd was sent */
  pixman_region32_t missed;
  int64_t late_ns; /* the most since the frame announced before */
  bool missed_all; /* nothing was announced yet: the first picture is new as a whole */
};

static void let_go(struct pf_consumer* consumer, uint32_t place) {
  struct pf_buffer* buffer = consumer->held[place];
  consumer->held[place] = NULL;
  if (--buffer->hold_count == 0) --consumer->capture->held_count;
  wlr_buffer_unlock(&buffer->base);
}

static void consumer_destroy(struct pf_consumer* consumer) {
  for (uint32_t i = 0; i < MAX_HELD; ++i)
    if (consumer->held[i] != NULL) let_go(consumer, i);
  wl_list_remove(&consumer->link);
  wl_event_source_remove(consumer->readable);
  close(consumer->channel);
  pixman_region32_fini(&consumer->missed);
  free(consumer);
}

static bool lacks_something(struct pf_consumer* consumer) {
  return consumer->missed_all || pixman_region32_not_empty(&consumer->missed);
}

/* False when the consumer releases what it does not hold. */
static bool release(struct pf_consumer* consumer, uint32_t number) {
  for (uint32_t i = 0; i < MAX_HELD; ++i) {
    if (consumer->held[i] == NULL || consumer->held[i]->number != number) continue;
    let_go(consumer, i);
    if (lacks_something(consumer)) wlr_output_update_needs_frame(consumer->capture->output);
    return true;
  }
  return false;
}

static int on_readable(int fd, uint32_t mask, void* data) {
  struct pf_consumer* consumer = data;
  /* At most two releases can be under way, so this ends soon. */
  for (;;) {
    struct pf_capture_release message;
    const ssize_t got = recv(fd, &message, sizeof message, MSG_DONTWAIT | MSG_TRUNC);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) break;
    if (got <= 0) {
      consumer_destroy(consumer);
      return 0;
    }
    if (got != sizeof message || message.kind != PF_CAPTURE_RELEASE ||
        !release(consumer, message.buffer)) {
      pf_say("a capture consumer said nonsense and was dropped");
      consumer_destroy(consumer);
      return 0;
    }
  }
  if (mask & (WL_EVENT_HANGUP | WL_EVENT_ERROR)) consumer_destroy(consumer);
  return 0;
}

void pf_capture_init(struct pf_capture* capture, struct wl_event_loop* loop,
                     struct wlr_output* output) {
  *capture = (struct pf_capture){.loop = loop, .output = output};
  wl_list_init(&capture->consumers);
}

static bool is_packet_socket(int fd) {
  int type = 0;
  socklen_t size = sizeof type;
  return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

bool pf_capture_join(struct pf_capture* capture, int channel) {
  struct pf_consumer* consumer = NULL;
  if (is_packet_socket(channel) && wl_list_length(&capture->consumers) < MAX_CONSUMERS)
    consumer = calloc(1, sizeof *consumer);
  if (consumer == NULL) {
    close(channel);
    return false;
  }
  consumer->capture = capture;
  consumer->channel = channel;
  consumer->missed_all = true;
  pixman_region32_init(&consumer->missed);
  wl_list_insert(&capture->consumers, &consumer->link);
  consumer->readable =
      wl_event_loop_add_fd(capture->loop, channel, WL_EVENT_READABLE, on_readable, consumer);
  wlr_output_update_needs_frame(capture->output);
  return true;
}

static bool knows(const struct pf_consumer* consumer, uint32_t number) {
  for (uint32_t i = 0; i < consumer->known_count; ++i)
    if (consumer->known[i] == number) return true;
  return false;
}

/* Damage as a list, or as its bounding box when it is too ragged for that. */
static void write_damage(struct pf_capture_frame* frame, pixman_region32_t* region) {
  int count = 0;
  const pixman_box32_t* boxes = pixman_region32_rectangles(region, &count);
  if (count > (int)PF_CAPTURE_MAX_DAMAGE) {
    boxes = pixman_region32_extents(region);
    count = 1;
  }
  for (int i = 0; i < count; ++i)
    frame->damage[i] = (struct pf_capture_rect){
        .x = (uint32_t)boxes[i].x1,
        .y = (uint32_t)boxes[i].y1,
        .width = (uint32_t)(boxes[i].x2 - boxes[i].x1),
        .height = (uint32_t)(boxes[i].y2 - boxes[i].y1),
    };
  frame->damage_count = (uint32_t)count;
}

static bool send_frame(int channel, const struct pf_capture_frame* frame, int memfd) {
  struct iovec part = {.iov_base = (void*)frame, .iov_len = sizeof *frame};
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control = {0};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (frame->has_fd) {
    message.msg_control = control.space;
    message.msg_controllen = sizeof control.space;
    struct cmsghdr* rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(rights), &memfd, sizeof memfd);
  }
  return sendmsg(channel, &message, MSG_DONTWAIT | MSG_NOSIGNAL) == sizeof *frame;
}

/* -1: it must be dropped for this consumer. */
static int free_place(const struct pf_consumer* consumer, const struct pf_buffer* picture) {
  /* All consumers together may keep two buffers from the swapchain. */
  if (picture->hold_count == 0 && consumer->capture->held_count >= MAX_HELD) return -1;
  for (int i = 0; i < (int)MAX_HELD; ++i)
    if (consumer->held[i] == NULL) return i;
  return -1;
}

static void hold(struct pf_consumer* consumer, int place, struct pf_buffer* picture) {
  consumer->held[place] = picture;
  if (picture->hold_count++ == 0) ++consumer->capture->held_count;
  wlr_buffer_lock(&picture->base);
}

static void announce_to(struct pf_consumer* consumer, struct pf_buffer* picture,
                        struct pf_capture_frame* frame, const struct pf_capture_stamps* stamps) {
  if (stamps->late_ns > consumer->late_ns) consumer->late_ns = stamps->late_ns;
  if (!lacks_something(consumer)) return;
  const int place = free_place(consumer, picture);
  if (place < 0) return;
  frame->has_fd = !knows(consumer, picture->number);
  if (frame->has_fd && consumer->known_count == PF_CAPTURE_MAX_BUFFERS) return;
  frame->damage_count = 0;
  frame->late_ns = (uint64_t)consumer->late_ns;
  if (!consumer->missed_all) write_damage(frame, &consumer->missed);
  /* A full socket is like a full hand: the picture is dropped and its damage stays in `missed`. */
  if (!send_frame(consumer->channel, frame, picture->memfd)) return;
  if (frame->has_fd) consumer->known[consumer->known_count++] = picture->number;
  hold(consumer, place, picture);
  pixman_region32_clear(&consumer->missed);
  consumer->missed_all = false;
  consumer->late_ns = 0;
}

void pf_capture_announce(struct pf_capture* capture, struct wlr_buffer* buffer,
                         const pixman_region32_t* damage, struct pf_capture_stamps stamps) {
  struct pf_buffer* picture = pf_buffer_from(buffer);
  if (picture == NULL) return;
  if (damage == NULL || pixman_region32_not_empty((pixman_region32_t*)damage))
    ++capture->picture_sequence;
  struct pf_capture_frame frame = {.kind = PF_CAPTURE_FRAME,
                                   .buffer = picture->number,
                                   .width_px = (uint32_t)buffer->width,
                                   .height_px = (uint32_t)buffer->height,
                                   .stride_bytes = picture->stride_bytes,
                                   .size_bytes = picture->size_bytes,
                                   .tick_ns = (uint64_t)stamps.tick_ns,
                                   .commit_ns = (uint64_t)stamps.commit_ns,
                                   .sequence = capture->picture_sequence,
                                   .drawn_ns = (uint64_t)stamps.drawn_ns};
  struct pf_consumer* consumer;
  wl_list_for_each(consumer, &capture->consumers, link) {
    if (damage == NULL)
      consumer->missed_all = true;
    else
      pixman_region32_union(&consumer->missed, &consumer->missed, (pixman_region32_t*)damage);
    announce_to(consumer, picture, &frame, &stamps);
  }
}

void pf_capture_forget_buffers(struct pf_capture* capture) {
  struct pf_consumer* consumer;
  wl_list_for_each(consumer, &capture->consumers, link) {
    consumer->known_count = 0;
    consumer->missed_all = true;
  }
}

void pf_capture_finish(struct pf_capture* capture) {
  struct pf_consumer *consumer, *next;
  wl_list_for_each_safe(consumer, next, &capture->consumers, link) {
    const uint32_t gone = PF_CAPTURE_GONE;
    send(consumer->channel, &gone, sizeof gone, MSG_DONTWAIT | MSG_NOSIGNAL);
    consumer_destroy(consumer);
  }
}
