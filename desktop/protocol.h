/* How punktfunk-host and punktfunk-desktop talk: fixed structures over SOCK_SEQPACKET socket pairs,
 * one message a packet, host byte order (both ends run on one machine and come from one build). C11
 * and C++20.
 *
 * Part 1, control: the host passes one end of a pair as a descriptor named by --control-fd. Outputs
 * are added, re-moded and removed over it. When the host's end closes, the desktop ends itself and
 * its command.
 *
 * Part 2, capture: with PF_DESKTOP_START_CAPTURE the host passes (SCM_RIGHTS) one end of a fresh
 * pair. On it the desktop announces composited buffers: sealed memfds, passed once, then only
 * named. The consumer gives each frame back with PF_CAPTURE_RELEASE; it holds at most two. Closing
 * its end stops the capture.
 *
 * Part 3, touch: with PF_DESKTOP_START_TOUCH the host passes one end of a fresh pair, on which one
 * person's fingers are told to the desktop, which never answers. The seat has a touch screen only
 * while there is such a channel, and programs need a moment to find it: start it with the session,
 * not with the first finger. Closing it lifts nothing: what its fingers were doing is cancelled.
 *
 * Receivers check the size of every message against its kind and drop the peer on nonsense. */
#ifndef PUNKTFUNK_DESKTOP_PROTOCOL_H
#define PUNKTFUNK_DESKTOP_PROTOCOL_H

#include <stdint.h>

#define PF_DESKTOP_PROTOCOL_VERSION 4u
#define PF_DESKTOP_MAX_OUTPUTS 8u
#define PF_DESKTOP_MAX_SIDE_PX 16384u
#define PF_DESKTOP_MIN_SCALE_120 120u
#define PF_DESKTOP_MAX_SCALE_120 480u
#define PF_CAPTURE_MAX_DAMAGE 16u
#define PF_CAPTURE_MAX_BUFFERS 8u
#define PF_TOUCH_MAX_CHANNELS 4u /* one for each client that shares the desktop */
#define PF_TOUCH_MAX_FINGERS 16u /* on one channel; screens that people buy feel ten */

enum pf_desktop_kind {
  /* host to desktop */
  PF_DESKTOP_ADD_OUTPUT = 1,    /* struct pf_desktop_mode */
  PF_DESKTOP_SET_MODE = 2,      /* struct pf_desktop_mode */
  PF_DESKTOP_REMOVE_OUTPUT = 3, /* struct pf_desktop_output */
  PF_DESKTOP_START_CAPTURE = 4, /* struct pf_desktop_output, one descriptor */
  PF_DESKTOP_START_TOUCH = 5, /* struct pf_desktop_output, one descriptor; refused by closing it */
  PF_DESKTOP_SET_SCALE = 6,   /* struct pf_desktop_scale; answered as SET_MODE is */
  PF_DESKTOP_SHIFT_REFRESH = 7, /* struct pf_desktop_shift; not answered */
  /* desktop to host */
  PF_DESKTOP_READY = 16, /* struct pf_desktop_ready, once, first */
  PF_DESKTOP_OUTPUT_READY =
      17, /* struct pf_desktop_mode: the mode now in force; answers ADD, SET_MODE and SET_SCALE */
  PF_DESKTOP_OUTPUT_FAILED =
      18, /* struct pf_desktop_output: ADD, SET_MODE, SET_SCALE or START_CAPTURE was refused */
  PF_DESKTOP_COMMAND_ENDED = 19, /* struct pf_desktop_command_ended */
};

struct pf_desktop_output {
  uint32_t kind;
  uint32_t output; /* the host's number for it, chosen with ADD_OUTPUT */
};

struct pf_desktop_mode {
  uint32_t kind;
  uint32_t output;
  uint32_t width_px, height_px;
  uint32_t rate_numerator, rate_denominator; /* Hz as a fraction */
};

/* How large programs draw: the pixels for one of their logical pixels. The mode, the captured
 * pictures and the coordinates of fingers stay in pixels. */
struct pf_desktop_scale {
  uint32_t kind;
  uint32_t output;
  uint32_t scale_120; /* in 1/120: 120 is what outputs begin with, 180 is one and a half */
};

struct pf_desktop_shift {
  uint32_t kind;
  uint32_t output;
  int64_t later_ns; /* all refreshes from now on; negative: earlier; at most half a period counts */
};

struct pf_desktop_ready {
  uint32_t kind;
  uint32_t version;
  char wayland_socket[104]; /* absolute path, NUL terminated */
};

struct pf_desktop_command_ended {
  uint32_t kind;
  int32_t status; /* exit status; 128 + signal number when a signal ended it; 127 when it could not
                     be started */
};

enum pf_capture_kind {
  PF_CAPTURE_RELEASE = 32, /* consumer to desktop: struct pf_capture_release */
  PF_CAPTURE_FRAME = 33, /* desktop to consumer: struct pf_capture_frame; carries the buffer's memfd
                            as a descriptor the first time its number is seen */
  PF_CAPTURE_GONE = 34,  /* desktop to consumer: uint32_t kind alone: the output went away */
};

struct pf_capture_release {
  uint32_t kind;
  uint32_t buffer;
};

struct pf_capture_rect {
  uint32_t x, y, width, height;
};

struct pf_capture_frame {
  uint32_t kind;
  uint32_t buffer; /* never reused for another memfd within one channel */
  uint32_t has_fd; /* 1 when the memfd travels with this message */
  uint32_t width_px, height_px;
  uint32_t stride_bytes; /* XRGB8888, little endian */
  uint64_t size_bytes;   /* of the memfd */
  uint64_t tick_ns;      /* CLOCK_MONOTONIC deadline of the refresh this picture was made for */
  uint64_t commit_ns;    /* CLOCK_MONOTONIC when compositing was done */
  uint64_t sequence; /* +1 per committed picture of the output: a jump means that some were dropped
                        here */
  uint64_t drawn_ns; /* CLOCK_MONOTONIC when the desktop heard of the newest thing it shows that a
                        program drew; 0: no program has drawn since the picture before */
  uint64_t late_ns;  /* the most that the desktop was behind with anything since the frame announced
                        before on this channel: it was stopped, or had no processor */
  uint32_t damage_count; /* 0: all of it */
  uint32_t reserved;
  struct pf_capture_rect
      damage[PF_CAPTURE_MAX_DAMAGE]; /* since the frame announced before on this channel */
};

enum pf_touch_action {
  PF_TOUCH_DOWN = 0,   /* a finger that is down already is lifted first */
  PF_TOUCH_MOTION = 1, /* of a finger that is not down: ignored, as is its PF_TOUCH_UP */
  PF_TOUCH_UP = 2,
  PF_TOUCH_FRAME =
      3, /* what came since the last one happened together; finger, x and y mean nothing */
  PF_TOUCH_CANCEL = 4, /* all fingers of this channel, without a trace; likewise */
};

/* Host to desktop, on a touch channel. Programs learn of it with the next PF_TOUCH_FRAME. */
struct pf_touch_event {
  uint32_t action; /* enum pf_touch_action */
  uint32_t finger; /* any number that tells it apart on this channel while it is down */
  /* In the pixels of the output that the channel was started for, in 1/256: the upper left corner
   * of the picture is 0, 0. Outside of it means at its edge. */
  int32_t x_256, y_256;
};

#endif
