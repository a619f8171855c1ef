/*
 * The C interface of punktfunk's core: sessions that carry video frames one way and input events
 * the other, protected against loss and sealed.
 *
 * Contract: docs/protocol/c_abi.md; a walk through it with a whole program: docs/embedding.md.
 * This is the half of it that needs no QUIC: two ends that know each other's address and share a
 * key.
 *
 * Rules that hold for every function
 *   Errors     A PunktfunkStatus below 0, or NULL where a handle is returned. Why a session could
 * not be made goes to the log as a sentence (punktfunk_set_log_callback). Handles    Checked, never
 * dereferenced unseen: a freed handle answers CLOSED, a number that never was a handle INVALID_ARG,
 * NULL NULL_POINTER. Freeing NULL does nothing. Memory     What is passed in is copied before the
 * call returns. What is handed out (a frame's data) belongs to the library until the next poll of
 * the same session, or its end. Threads    A session has two planes, out (submit_frame, send_input)
 * and in (poll_frame, poll_input): one thread each, which may be two. A second thread in one plane
 * waits for the first; it takes the first one's borrowed frame away. The rest: any thread. A
 * session that is freed while a call runs ends when that call returns. Waiting    No call of a
 * session waits for the network. Callbacks  Run on the calling thread, except for the log. They may
 * not call into the plane they are called from (INVALID_ARG), may free the session, and must not
 * throw or longjmp. Time       ns since the Unix epoch.
 */
#ifndef PUNKTFUNK_CORE_H
#define PUNKTFUNK_CORE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PUNKTFUNK_ABI_VERSION 25 /* of the contract; compare with punktfunk_abi_version() */
#define PUNKTFUNK_WIRE_VERSION 2
/* punktfunk_session_new_with_transport exists, which is not in the contract. */
#define PUNKTFUNK_FEATURE_TRANSPORT 1

/* ---- Status ------------------------------------------------------------------------------------
 */

enum PunktfunkStatus
#ifdef __cplusplus
    : int32_t
#endif
{
  PUNKTFUNK_STATUS_OK = 0,
  PUNKTFUNK_STATUS_INVALID_ARG = -1,
  PUNKTFUNK_STATUS_FEC = -2,
  PUNKTFUNK_STATUS_CRYPTO = -3,
  PUNKTFUNK_STATUS_BAD_PACKET = -4,
  PUNKTFUNK_STATUS_NO_FRAME = -5, /* nothing there now */
  PUNKTFUNK_STATUS_UNSUPPORTED = -6,
  PUNKTFUNK_STATUS_IO = -7,
  PUNKTFUNK_STATUS_NULL_POINTER = -8,
  PUNKTFUNK_STATUS_TIMEOUT = -9,
  PUNKTFUNK_STATUS_CLOSED = -10,
  PUNKTFUNK_STATUS_REJECTED_NOT_ARMED = -20,
  PUNKTFUNK_STATUS_REJECTED_BOUND_OTHER = -21,
  PUNKTFUNK_STATUS_REJECTED_RATE_LIMITED = -22,
  PUNKTFUNK_STATUS_REJECTED_IDENTITY_REQUIRED = -23,
  PUNKTFUNK_STATUS_REJECTED_DENIED = -24,
  PUNKTFUNK_STATUS_REJECTED_APPROVAL_TIMEOUT = -25,
  PUNKTFUNK_STATUS_REJECTED_SUPERSEDED = -26,
  PUNKTFUNK_STATUS_REJECTED_WIRE_VERSION = -27,
  PUNKTFUNK_STATUS_REJECTED_BUSY = -28,
  PUNKTFUNK_STATUS_REJECTED_SETUP_FAILED = -29,
  PUNKTFUNK_STATUS_REJECTED_ACCESS_EXPIRED = -30,
  PUNKTFUNK_STATUS_REJECTED_LAUNCH_NOT_PERMITTED = -31,
  PUNKTFUNK_STATUS_PANIC = -99 /* an internal error was caught */
};
#ifndef __cplusplus
typedef int32_t PunktfunkStatus;
#endif

/* ---- Constants ---------------------------------------------------------------------------------
 */

#define PUNKTFUNK_MAX_DATAGRAM_BYTES 9216
#define PUNKTFUNK_MIN_SHARD_PAYLOAD 512
#define PUNKTFUNK_MIN_STREAM_BLOCK_SHARDS 16
#define PUNKTFUNK_MAX_PADS 16
#define PUNKTFUNK_TAG_LEN 16
#define PUNKTFUNK_INPUT_WIRE_LEN 18
#define PUNKTFUNK_MAGIC 0xC9
#define PUNKTFUNK_INPUT_MAGIC 0xC8

#define PUNKTFUNK_CIPHER_AES_128_GCM 0
#define PUNKTFUNK_CIPHER_CHACHA20_POLY1305 1

/* A packet's own flags. */
#define PUNKTFUNK_FLAG_PIC 1
#define PUNKTFUNK_FLAG_EOF 2
#define PUNKTFUNK_FLAG_SOF 4
#define PUNKTFUNK_FLAG_PROBE 8

/* A frame's flags (punktfunk_host_submit_frame, PunktfunkFrame.flags): the four above with the
 * meaning 1 picture, 4 key frame, 8 filler that is never decoded, and these. */
#define PUNKTFUNK_USER_FLAG_RECOVERY_POINT 16
#define PUNKTFUNK_USER_FLAG_RECOVERY_ANCHOR 32
#define PUNKTFUNK_USER_FLAG_CHUNK_ALIGNED 64
#define PUNKTFUNK_USER_FLAG_SLICE_STREAM                   \
  128 /* says how packets were cut: cleared when submitted \
       */

/* Bits of GAMEPAD_STATE.code, and one of them in GAMEPAD_BUTTON.code. */
#define PUNKTFUNK_BTN_DPAD_UP 0x1
#define PUNKTFUNK_BTN_DPAD_DOWN 0x2
#define PUNKTFUNK_BTN_DPAD_LEFT 0x4
#define PUNKTFUNK_BTN_DPAD_RIGHT 0x8
#define PUNKTFUNK_BTN_START 0x10
#define PUNKTFUNK_BTN_BACK 0x20
#define PUNKTFUNK_BTN_LS_CLICK 0x40
#define PUNKTFUNK_BTN_RS_CLICK 0x80
#define PUNKTFUNK_BTN_LB 0x100
#define PUNKTFUNK_BTN_RB 0x200
#define PUNKTFUNK_BTN_GUIDE 0x400
#define PUNKTFUNK_BTN_A 0x1000
#define PUNKTFUNK_BTN_B 0x2000
#define PUNKTFUNK_BTN_X 0x4000
#define PUNKTFUNK_BTN_Y 0x8000
#define PUNKTFUNK_BTN_PADDLE1 0x10000
#define PUNKTFUNK_BTN_PADDLE2 0x20000
#define PUNKTFUNK_BTN_PADDLE3 0x40000
#define PUNKTFUNK_BTN_PADDLE4 0x80000
#define PUNKTFUNK_BTN_TOUCHPAD 0x100000
#define PUNKTFUNK_BTN_MISC1 0x200000
#define PUNKTFUNK_GAMEPAD_BTN_PADDLE1 0x10000
#define PUNKTFUNK_GAMEPAD_BTN_PADDLE2 0x20000
#define PUNKTFUNK_GAMEPAD_BTN_PADDLE3 0x40000
#define PUNKTFUNK_GAMEPAD_BTN_PADDLE4 0x80000
#define PUNKTFUNK_GAMEPAD_BTN_MISC1 0x200000

/* GAMEPAD_AXIS.code. */
#define PUNKTFUNK_AXIS_LS_X 0
#define PUNKTFUNK_AXIS_LS_Y 1
#define PUNKTFUNK_AXIS_RS_X 2
#define PUNKTFUNK_AXIS_RS_Y 3
#define PUNKTFUNK_AXIS_LT 4
#define PUNKTFUNK_AXIS_RT 5

/* GAMEPAD_ARRIVAL.code. */
#define PUNKTFUNK_GAMEPAD_AUTO 0
#define PUNKTFUNK_GAMEPAD_XBOX360 1
#define PUNKTFUNK_GAMEPAD_DUALSENSE 2
#define PUNKTFUNK_GAMEPAD_XBOXONE 3
#define PUNKTFUNK_GAMEPAD_DUALSHOCK4 4
#define PUNKTFUNK_GAMEPAD_STEAMCONTROLLER 5
#define PUNKTFUNK_GAMEPAD_STEAMDECK 6
#define PUNKTFUNK_GAMEPAD_DUALSENSEEDGE 7
#define PUNKTFUNK_GAMEPAD_SWITCHPRO 8
#define PUNKTFUNK_GAMEPAD_STEAMCONTROLLER2 9
#define PUNKTFUNK_GAMEPAD_STEAMCONTROLLER2_PUCK 10
#define PUNKTFUNK_GAMEPAD_XBOXELITE 11

enum PunktfunkInputKind
#ifdef __cplusplus
    : uint8_t
#endif
{
  PUNKTFUNK_INPUT_KIND_KEY_DOWN = 0,
  PUNKTFUNK_INPUT_KIND_KEY_UP = 1,
  PUNKTFUNK_INPUT_KIND_MOUSE_MOVE = 2,
  PUNKTFUNK_INPUT_KIND_MOUSE_MOVE_ABS = 3,
  PUNKTFUNK_INPUT_KIND_MOUSE_BUTTON_DOWN = 4,
  PUNKTFUNK_INPUT_KIND_MOUSE_BUTTON_UP = 5,
  PUNKTFUNK_INPUT_KIND_MOUSE_SCROLL = 6,
  PUNKTFUNK_INPUT_KIND_GAMEPAD_BUTTON = 7,
  PUNKTFUNK_INPUT_KIND_GAMEPAD_AXIS = 8,
  PUNKTFUNK_INPUT_KIND_TOUCH_DOWN = 9,
  PUNKTFUNK_INPUT_KIND_TOUCH_MOVE = 10,
  PUNKTFUNK_INPUT_KIND_TOUCH_UP = 11,
  PUNKTFUNK_INPUT_KIND_GAMEPAD_STATE = 12,
  PUNKTFUNK_INPUT_KIND_GAMEPAD_REMOVE = 13,
  PUNKTFUNK_INPUT_KIND_GAMEPAD_ARRIVAL = 14,
  PUNKTFUNK_INPUT_KIND_TEXT_INPUT = 15
};
#ifndef __cplusplus
typedef uint8_t PunktfunkInputKind;
#endif

/* ---- Types -------------------------------------------------------------------------------------
 */

typedef struct PunktfunkSession PunktfunkSession;

/* Both ends take the same values but for `role`. */
typedef struct PunktfunkConfig {
  uint32_t struct_size;          /* sizeof(PunktfunkConfig); any other size is refused */
  uint32_t role;                 /* 0 host, 1 client */
  uint32_t phase;                /* 1 or 2; informative */
  uint32_t fec_scheme;           /* 0 GF(2^8), 1 GF(2^16) */
  uint32_t fec_percent;          /* parity against data, 0 to 90 */
  uint32_t max_data_per_block;   /* data shards of a block, 1 to 65535; 4096 is usual. GF(2^8): to
                                    255 with the parity, which is cut to what is left */
  uint32_t shard_payload;        /* bytes, even, up to 9152; 1408 fits an Ethernet over IPv4 */
  uint32_t encrypt;              /* non-zero: AES-128-GCM; 0 is for tests */
  uint8_t key[16];               /* of this session and no other; all zero is refused */
  uint8_t salt[4];               /* of this session */
  uint32_t loopback_drop_period; /* punktfunk_test_loopback_pair: drop every n-th packet; 0 none */
  uint64_t max_frame_bytes;      /* 1 to 64 MiB: larger access units are neither sent nor accepted.
                                    A client reserves four times as much and touches what it uses */
} PunktfunkConfig;

typedef struct PunktfunkFrame {
  const uint8_t* data; /* until the next poll of this session */
  uintptr_t len;
  uint32_t frame_index; /* +1 for each frame; a gap is a loss */
  uint64_t pts_ns;      /* as submitted */
  uint32_t flags;       /* as submitted */
  uint64_t received_ns; /* when it was whole */
} PunktfunkFrame;

/* What the fields mean for each kind: docs/protocol/punktfunk1.md section 9.1. */
typedef struct PunktfunkInputEvent {
  uint8_t kind; /* PunktfunkInputKind */
  uint8_t _pad[3];
  uint32_t code;
  int32_t x;
  int32_t y;
  uint32_t flags;
} PunktfunkInputEvent;

typedef struct PunktfunkStats {
  uint64_t frames_submitted;
  uint64_t frames_completed;
  uint64_t frames_dropped; /* begun to arrive and given up */
  uint64_t packets_sent;
  uint64_t packets_received;     /* from the peer, whatever became of them */
  uint64_t packets_dropped;      /* of these: forged, replayed, malformed or too late */
  uint64_t packets_send_dropped; /* that the system or the transport did not take */
  uint64_t fec_recovered_shards;
  uint64_t bytes_sent;     /* whole datagrams */
  uint64_t bytes_received; /* likewise */
} PunktfunkStats;

/* level: 1 error, 2 warning, 3 info, 4 debug, 5 trace. The strings live during the call. Called
 * from any thread; must be quick, and must not call punktfunk_set_log_callback. */
typedef void (*PunktfunkLogCb)(uint8_t level, const char* target, const char* message, void* user);

typedef void (*PunktfunkInputCb)(const PunktfunkInputEvent* event, void* user);

/* Takes `packet_count` packets of `packet_bytes` each, end to end, in this order; copies what it
 * keeps. Answers how many it took from the front on, or a negative number: there is no way now. */
typedef int32_t (*PunktfunkSendCb)(const uint8_t* packets, uint32_t packet_count,
                                   uint32_t packet_bytes, void* user);

/* Writes one datagram of the peer into `into`. Answers its size, 0: none is there, or a negative
 * number: broken. `capacity` is PUNKTFUNK_MAX_DATAGRAM_BYTES; what does not fit is the caller's to
 * drop. An answer above `capacity` counts as broken. */
typedef int32_t (*PunktfunkReceiveCb)(uint8_t* into, uint32_t capacity, void* user);

/* A way to the peer that the embedder brings. It may lose, repeat and reorder packets, and need not
 * protect them: they are sealed. Called on the threads that use the session, send from its out
 * plane, receive from its in plane. */
typedef struct PunktfunkTransport {
  uint32_t struct_size; /* sizeof(PunktfunkTransport); later versions only grow */
  uint32_t _reserved;   /* 0 */
  PunktfunkSendCb send;
  PunktfunkReceiveCb receive;
  void* user; /* given to both */
} PunktfunkTransport;

/* ---- Library -----------------------------------------------------------------------------------
 */

uint32_t punktfunk_abi_version(void);

/* Log lines up to `max_level` (0 to 5) go to `cb`; NULL detaches. Once it returns the callback of
 * before is not called any more. */
PunktfunkStatus punktfunk_set_log_callback(uint32_t max_level, PunktfunkLogCb cb, void* user);

/* Magic packets for `mac_count` machines (1 to 64) of 6 bytes each, to all broadcast addresses and
 * to `last_known_ip` (IPv4 text or NULL), ports 9 and 7. OK: at least one left; IO: none. Not for a
 * thread that draws. */
PunktfunkStatus punktfunk_wake_on_lan(const uint8_t* macs, uintptr_t mac_count,
                                      const char* last_known_ip);

/* ---- Sessions ----------------------------------------------------------------------------------
 */

/* Over UDP; addresses are "1.2.3.4:9777" or "[::1]:9777", both of one family. Datagrams from
 * elsewhere are not looked at. NULL: see the log. */
PunktfunkSession* punktfunk_session_new(const PunktfunkConfig* cfg, const char* local,
                                        const char* peer);

/* Over the caller's transport. The callbacks are called until the session has ended. */
PunktfunkStatus punktfunk_session_new_with_transport(const PunktfunkConfig* cfg,
                                                     const PunktfunkTransport* transport,
                                                     PunktfunkSession** session_out);

/* Two sessions in one process, joined by queues. */
PunktfunkStatus punktfunk_test_loopback_pair(const PunktfunkConfig* host_cfg,
                                             const PunktfunkConfig* client_cfg,
                                             PunktfunkSession** host_out,
                                             PunktfunkSession** client_out);

void punktfunk_session_free(PunktfunkSession* s);

/* Host: sends one access unit of `len` bytes, 0 included. INVALID_ARG: larger than max_frame_bytes;
 * FEC: the code has no block of that shape; IO: no way to the client now. Packets that the system
 * does not take are lost like any other and counted. */
PunktfunkStatus punktfunk_host_submit_frame(PunktfunkSession* s, const uint8_t* data, uintptr_t len,
                                            uint64_t pts_ns, uint32_t flags);

/* Client: the next access unit that is whole. NO_FRAME: none; IO: the transport is broken. Poll
 * often enough that the socket's buffer does not overflow: until NO_FRAME, several times a frame
 * interval. */
PunktfunkStatus punktfunk_client_poll_frame(PunktfunkSession* s, PunktfunkFrame* out);

/* Client: one event, sealed, sent once and not again. */
PunktfunkStatus punktfunk_send_input(PunktfunkSession* s, const PunktfunkInputEvent* ev);

/* Host: whom punktfunk_host_poll_input gives events to; NULL clears. */
PunktfunkStatus punktfunk_set_input_callback(PunktfunkSession* s, PunktfunkInputCb cb, void* user);

/* Host: takes all events that have come and calls the callback for each, on this thread. How many,
 * or a status below 0. */
int32_t punktfunk_host_poll_input(PunktfunkSession* s);

PunktfunkStatus punktfunk_get_stats(PunktfunkSession* s, PunktfunkStats* out);

#ifdef __cplusplus
}
#endif

#endif
