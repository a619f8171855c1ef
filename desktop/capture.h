/* Lends the composited buffers of one output to consumers in other processes (desktop/protocol.h,
 * part 2).
 *
 * A consumer is one end of a socket pair. It holds at most two buffers: wlroots composites into a
 * swapchain of four, of which one is the newest picture and one must be free. While it holds two,
 * pictures are dropped for it and their damage is added to the next one; nobody waits for it. */
#ifndef PF_DESKTOP_CAPTURE_H
#define PF_DESKTOP_CAPTURE_H

#include <pixman.h>
#include <stdbool.h>
#include <stdint.h>
#include <wayland-server-core.h>

struct wlr_buffer;
struct wlr_output;

struct pf_capture {
  struct wl_event_loop* loop;
  struct wlr_output* output; /* asked for a refresh when a consumer lacks something */
  struct wl_list consumers;  /* pf_consumer.link */
  uint32_t held_count;       /* distinct buffers held by consumers */
  uint64_t picture_sequence; /* of the newest committed picture */
};

struct pf_capture_stamps {
  int64_t tick_ns, commit_ns;
  int64_t drawn_ns; /* as in desktop/protocol.h */
  int64_t late_ns;  /* since the picture before, whoever was told of it */
};

void pf_capture_init(struct pf_capture* capture, struct wl_event_loop* loop,
                     struct wlr_output* output);

/* Takes `channel` over, also when it answers false. The consumer gets its first picture, whole,
 * with the next refresh, also from a still screen. */
bool pf_capture_join(struct pf_capture* capture, int channel);

/* Once per commit with a buffer. `damage` NULL: all of it. A picture without damage is news only
 * for who missed something before. */
void pf_capture_announce(struct pf_capture* capture, struct wlr_buffer* picture,
                         const pixman_region32_t* damage, struct pf_capture_stamps stamps);

/* The output changes its size: buffers of the old size will not come again. */
void pf_capture_forget_buffers(struct pf_capture* capture);

/* The output goes: tells the consumers and closes their channels. */
void pf_capture_finish(struct pf_capture* capture);

#endif
