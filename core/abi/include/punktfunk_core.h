/*
 * The C interface of punktfunk's core: sessions that carry video frames one way and input events
 * the other, protected against loss and sealed.
 *
 * Contract: docs/protocol/c_abi.md; a walk through it with a whole program: docs/embedding.md.
 * Sessions: two ends that know each other's address and share a key. Connections (only if
 * PUNKTFUNK_FEATURE_QUIC is defined, as the build files of this library do): a client that pairs
 * with a host, connects to it and is told everything by it.
 *
 * Rules that hold for every function:
 *
 * - Errors: a PunktfunkStatus below 0, or NULL where a handle is returned. Why something could not
 *   be made goes to the log as a sentence (punktfunk_set_log_callback).
 * - Handles: checked, never dereferenced unseen. A freed handle answers CLOSED, a number that never
 *   was a handle INVALID_ARG, NULL NULL_POINTER. Freeing NULL does nothing.
 * - Memory: what is passed in is copied before the call returns. What is handed out (a frame's
 *   data) belongs to the library until the next call of the same plane, or the end of its handle.
 * - Threads: a session has two planes, out (submit_frame, send_input) and in (poll_frame,
 *   poll_input); a connection has one for each of its next_* functions. One thread in each, which
 *   may be different ones. A second thread in one plane waits for the first, and takes the first
 *   one's borrowed memory away. The rest: any thread. A handle that is freed while a call runs ends
 *   when that call returns. A connection that is closed wakes those who wait in it, and they answer
 *   CLOSED.
 * - Waiting: no call of a session waits for the network. next_* wait as long as they are told to;
 *   punktfunk_connection_close waits up to 300 ms for its goodbye to leave.
 * - Callbacks: run on the calling thread, except for the log. They may not call into the plane they
 *   are called from (INVALID_ARG), may free the session, and must not throw or longjmp.
 * - Time: ns since the Unix epoch.
 */
#ifndef PUNKTFUNK_CORE_H
#define PUNKTFUNK_CORE_H

#include <stdbool.h>
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

/* ---- Constants of connections -------------------------------------------------------------------
 */

#define PUNKTFUNK_HELLO_NAME_MAX 64
#define PUNKTFUNK_HELLO_LAUNCH_MAX 128
#define PUNKTFUNK_RFI_MAX_RANGE 256

#define PUNKTFUNK_CODEC_H264 1
#define PUNKTFUNK_CODEC_HEVC 2
#define PUNKTFUNK_CODEC_AV1 4
#define PUNKTFUNK_CODEC_PYROWAVE 8
#define PUNKTFUNK_CHROMA_IDC_420 1
#define PUNKTFUNK_CHROMA_IDC_444 3

#define PUNKTFUNK_VIDEO_CAP_10BIT 1
#define PUNKTFUNK_VIDEO_CAP_HDR 2
#define PUNKTFUNK_VIDEO_CAP_444 4
#define PUNKTFUNK_VIDEO_CAP_HOST_TIMING 8
#define PUNKTFUNK_VIDEO_CAP_PROBE_SEQ 16
#define PUNKTFUNK_VIDEO_CAP_STREAMED_AU 32
#define PUNKTFUNK_VIDEO_CAP_CHACHA20 64
#define PUNKTFUNK_VIDEO_CAP_MULTI_SLICE 128

#define PUNKTFUNK_CLIENT_CAP_PHASE_LOCK 2
#define PUNKTFUNK_CLIENT_CAP_AUDIO_RED 4
#define PUNKTFUNK_CLIENT_CAP_PAD_AUDIO 8
#define PUNKTFUNK_CLIENT_CAP_AUDIO_HIRES 16

/* What a pad plays, what it can play, and how its arrival says so (InputEvent.flags). */
#define PUNKTFUNK_PAD_AUDIO_KIND_HAPTICS 0
#define PUNKTFUNK_PAD_AUDIO_KIND_SPEAKER 1
#define PUNKTFUNK_PAD_AUDIO_CAP_HAPTICS 1
#define PUNKTFUNK_PAD_AUDIO_CAP_SPEAKER 2
#define ARRIVAL_FLAG_PAD_AUDIO_HAPTICS (1 << 8)
#define ARRIVAL_FLAG_PAD_AUDIO_SPEAKER (1 << 9)

#define PUNKTFUNK_HOST_CAP_GAMEPAD_STATE 1
#define PUNKTFUNK_HOST_CAP_CLIPBOARD 2
#define PUNKTFUNK_HOST_CAP_TEXT_INPUT 4
#define PUNKTFUNK_HOST_CAP_CURSOR 8
#define PUNKTFUNK_HOST_CAP_PEN 16
#define PUNKTFUNK_HOST_CAP_AUDIO_RED 32
#define PUNKTFUNK_HOST_CAP_PAD_AUDIO 64
#define PUNKTFUNK_HOST_CAP_AUDIO_HIRES 128

#define PUNKTFUNK_COMPOSITOR_AUTO 0
#define PUNKTFUNK_COMPOSITOR_KWIN 1
#define PUNKTFUNK_COMPOSITOR_WLROOTS 2
#define PUNKTFUNK_COMPOSITOR_MUTTER 3
#define PUNKTFUNK_COMPOSITOR_GAMESCOPE 4

#define PUNKTFUNK_GRANT_GAMEPAD 1
#define PUNKTFUNK_GRANT_POINTER 2
#define PUNKTFUNK_GRANT_KEYBOARD 4
#define PUNKTFUNK_GRANT_CLIPBOARD 8
#define PUNKTFUNK_GRANT_MIC 16
#define PUNKTFUNK_GRANT_LAUNCH 32
#define PUNKTFUNK_GRANT_ALL 63
#define PUNKTFUNK_GRANT_RESERVED 0xFFFFFFC0u
#define PUNKTFUNK_GRANT_PRESET_FULL 63
#define PUNKTFUNK_GRANT_PRESET_CONTROLLER_ONLY 1
#define PUNKTFUNK_GRANT_PRESET_VIEW_ONLY 0

#define PUNKTFUNK_REJECT_BUSY_CLOSE_CODE 0x42
#define PUNKTFUNK_QUIT_CLOSE_CODE 0x51
#define PUNKTFUNK_APP_EXITED_CLOSE_CODE 0x52
#define PUNKTFUNK_PAIR_NOT_ARMED_CLOSE_CODE 0x60
#define PUNKTFUNK_PAIR_BOUND_OTHER_CLOSE_CODE 0x61
#define PUNKTFUNK_PAIR_RATE_LIMITED_CLOSE_CODE 0x62
#define PUNKTFUNK_PAIR_NO_IDENTITY_CLOSE_CODE 0x63
#define PUNKTFUNK_PAIR_DENIED_CLOSE_CODE 0x64
#define PUNKTFUNK_PAIR_APPROVAL_TIMEOUT_CLOSE_CODE 0x65
#define PUNKTFUNK_PAIR_SUPERSEDED_CLOSE_CODE 0x66
#define PUNKTFUNK_WIRE_VERSION_CLOSE_CODE 0x67
#define PUNKTFUNK_SETUP_FAILED_CLOSE_CODE 0x68
#define PUNKTFUNK_ACCESS_EXPIRED_CLOSE_CODE 0x69
#define PUNKTFUNK_LAUNCH_NOT_PERMITTED_CLOSE_CODE 0x6A

#define PUNKTFUNK_AUDIO_SAMPLE_RATE_HZ 48000
#define PUNKTFUNK_AUDIO_FRAME_MS 5
#define PUNKTFUNK_AUDIO_BITS_16 16
#define PUNKTFUNK_AUDIO_BITS_24 24
#define PUNKTFUNK_AUDIO_CODEC_OPUS 0
#define PUNKTFUNK_AUDIO_CODEC_PCM 2

#define PUNKTFUNK_RICH_TOUCHPAD 1
#define PUNKTFUNK_RICH_MOTION 2
#define PUNKTFUNK_RICH_TOUCHPAD_EX 3
#define MOTION_ACCEL_LSB_PER_G 10000
#define MOTION_GYRO_LSB_PER_DEG_S 20

#define PUNKTFUNK_PEN_BATCH_MAX 8
#define PUNKTFUNK_PEN_IN_RANGE 1
#define PUNKTFUNK_PEN_TOUCHING 2
#define PUNKTFUNK_PEN_BARREL1 4
#define PUNKTFUNK_PEN_BARREL2 8
#define PUNKTFUNK_PEN_PREDICTED 128
#define PUNKTFUNK_PEN_TOOL_PEN 0
#define PUNKTFUNK_PEN_TOOL_ERASER 1
#define PUNKTFUNK_PEN_TILT_UNKNOWN 255
#define PUNKTFUNK_PEN_ANGLE_UNKNOWN 65535
#define PUNKTFUNK_PEN_DISTANCE_UNKNOWN 65535
#define PUNKTFUNK_PEN_TOUCH_TIMEOUT_MS 200

#define PUNKTFUNK_RUMBLE_NO_TTL 0xFFFFFFFFu
#define PUNKTFUNK_RUMBLE_QUIRK_DEDUP_JITTER 1
#define PUNKTFUNK_HID_EFFECT_MAX 11
#define PUNKTFUNK_TRIGGER_EFFECT_MAX 11
#define PUNKTFUNK_HIDOUT_LED 1
#define PUNKTFUNK_HIDOUT_PLAYER_LEDS 2
#define PUNKTFUNK_HIDOUT_TRIGGER 3
#define PUNKTFUNK_HIDOUT_TRACKPAD_HAPTIC 4
#define PUNKTFUNK_HIDOUT_AUDIO_CTL 5 /* 6 on the wire */

#define PUNKTFUNK_REANCHOR_MARKS_TO_LIFT 2
#define PUNKTFUNK_NO_OUTPUT_KEYFRAME_STREAK 3

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

/* ---- Re-anchor gate ----------------------------------------------------------------------------
 */

/* Whether a decoded picture may be shown after a loss. One thread, or a lock of the caller's. A
 * connection hands out nothing that refers to a lost frame, so the gate rarely has to hold anything
 * there; it is for programs that already use it, and for sessions, which hand out everything. */
typedef struct ReanchorGate ReanchorGate;

/* `frames_dropped`: the counter as it stands. NULL: there are a thousand gates already. */
ReanchorGate* punktfunk_reanchor_gate_new(uint64_t frames_dropped);
void punktfunk_reanchor_gate_free(ReanchorGate* g);

/* A loss is known: the picture is held from now on. */
void punktfunk_reanchor_gate_arm(ReanchorGate* g);

/* Likewise for a gap of `n` frames: when frames_dropped grows by as many later, that is the same
 * loss and no second one. */
void punktfunk_reanchor_gate_arm_expecting_drops(ReanchorGate* g, uint32_t n);

/* A picture came out of the decoder; `flags` of its frame. `present`: show it. */
PunktfunkStatus punktfunk_reanchor_gate_on_decoded(ReanchorGate* g, uint32_t flags,
                                                   bool decoder_keyframe, bool* present);

/* None came out. After three in a row: ask for a key frame. */
PunktfunkStatus punktfunk_reanchor_gate_on_no_output(ReanchorGate* g, bool* request_kf);

/* Now and then: asks when the counter grew, and when the picture is held for too long. */
PunktfunkStatus punktfunk_reanchor_gate_poll(ReanchorGate* g, uint64_t frames_dropped,
                                             bool* request_kf);

/* False for NULL, too. */
PunktfunkStatus punktfunk_reanchor_gate_is_holding(const ReanchorGate* g, bool* holding);

#ifdef PUNKTFUNK_FEATURE_QUIC

/* ---- Connections: types ------------------------------------------------------------------------
 */

typedef struct PunktfunkConnection PunktfunkConnection;

enum PunktfunkEndReason
#ifdef __cplusplus
    : uint8_t
#endif
{
  PUNKTFUNK_END_REASON_NONE = 0, /* it runs; treat unknown values as this */
  PUNKTFUNK_END_REASON_LOCAL = 1,
  PUNKTFUNK_END_REASON_GAME_EXITED = 2,
  PUNKTFUNK_END_REASON_HOST_ENDED = 3,
  PUNKTFUNK_END_REASON_HOST_ERROR = 4,
  PUNKTFUNK_END_REASON_LOST = 5
};
#ifndef __cplusplus
typedef uint8_t PunktfunkEndReason;
#endif

/* Belongs to the frame with the same pts_ns. */
typedef struct PunktfunkHostTiming {
  uint64_t pts_ns;
  uint32_t host_us; /* captured to last packet sent */
} PunktfunkHostTiming;

/* One Opus packet, empty for silence, or the samples of one frame in a session of PCM. A gap in
 * `seq` is a loss. */
typedef struct PunktfunkAudioPacket {
  const uint8_t* data; /* until the next call of the plane */
  uintptr_t len;
  uint32_t seq;
  uint64_t pts_ns; /* the host's clock */
} PunktfunkAudioPacket;

/* What a speed test came to. All zero before one was begun; `done` 0 while it is under way. */
typedef struct PunktfunkProbeResult {
  uint8_t done;
  uint64_t recv_bytes; /* headers and shards */
  uint32_t recv_packets;
  uint64_t host_bytes; /* of access units that the host made up */
  uint32_t host_packets;
  uint32_t elapsed_ms; /* from the first packet to the last; fewer than two: as the host says */
  uint32_t throughput_kbps; /* recv_bytes over elapsed_ms */
  float loss_pct;           /* of what the host put on the wire */
  float host_drop_pct;      /* of what it made: its own socket was full */
  uint32_t wire_packets_sent;
  uint32_t send_dropped;
} PunktfunkProbeResult;

/* Decoded sound, full scale 1. `samples` holds frame_count times `channels` floats, interleaved in
 * the order FL FR FC LFE RL RR SL SR. The rate: punktfunk_connection_audio_sample_rate. */
typedef struct PunktfunkAudioPcm {
  const float* samples; /* until the next call of the plane */
  uint32_t frame_count; /* samples of each channel */
  uint8_t channels;     /* 2, 6 or 8 */
  uint32_t seq;         /* of the packet, 0: made up */
  uint64_t pts_ns;      /* the host's clock, of the packet; what was made up comes before */
} PunktfunkAudioPcm;

/* What a pad is to do. Which fields count depends on `kind`. */
typedef struct PunktfunkHidOutput {
  uint8_t kind; /* PUNKTFUNK_HIDOUT_* */
  uint8_t pad;
  uint8_t r; /* LED */
  uint8_t g;
  uint8_t b;
  uint8_t player_bits; /* PLAYER_LEDS: five; bit 0 is the leftmost */
  uint8_t which;       /* TRIGGER, TRACKPAD_HAPTIC: 0 left, 1 right; AUDIO_CTL: flags */
  uint8_t effect_len;
  uint8_t effect[11]; /* TRIGGER: a DualSense effect; TRACKPAD_HAPTIC: amplitude, period, count as
                         u16 little-endian; AUDIO_CTL: the control block */
} PunktfunkHidOutput;

typedef struct PunktfunkHdrMeta {
  uint16_t display_primaries_x[3]; /* green, blue, red; 1/50000 */
  uint16_t display_primaries_y[3];
  uint16_t white_point_x;
  uint16_t white_point_y;
  uint32_t max_display_mastering_luminance; /* 0.0001 cd/m2 */
  uint32_t min_display_mastering_luminance;
  uint16_t max_cll; /* cd/m2 */
  uint16_t max_fall;
} PunktfunkHdrMeta;

typedef struct PunktfunkRichInput {
  uint8_t kind; /* PUNKTFUNK_RICH_TOUCHPAD or _MOTION */
  uint8_t pad;
  uint8_t finger; /* touchpad: 0 or 1 */
  uint8_t active;
  uint16_t x; /* 0 to 65535 over the pad, y downwards */
  uint16_t y;
  int16_t gyro[3];  /* motion: pitch, yaw, roll */
  int16_t accel[3]; /* right, up, backward */
} PunktfunkRichInput;

typedef struct PunktfunkRichInputEx {
  uint32_t struct_size; /* sizeof(PunktfunkRichInputEx) */
  uint8_t kind;         /* PUNKTFUNK_RICH_* */
  uint8_t pad;
  uint8_t finger;
  uint8_t active;
  uint8_t surface; /* touchpad-ex: 0 the only one, 1 left, 2 right */
  uint8_t click;
  uint8_t _reserved[2]; /* 0 */
  int16_t x;            /* touchpad-ex: centred, y downwards; touchpad: the unsigned bits */
  int16_t y;
  uint16_t pressure;
  int16_t gyro[3];
  int16_t accel[3];
} PunktfunkRichInputEx;

typedef struct PunktfunkPenSample {
  float x; /* 0 to 1 of the picture */
  float y;
  uint16_t pressure;
  uint16_t distance;
  uint16_t azimuth_deg;
  uint16_t roll_deg;
  uint16_t dt_us; /* since the sample before */
  uint8_t state;  /* PUNKTFUNK_PEN_* bits */
  uint8_t tool;
  uint8_t tilt_deg;
  uint8_t _reserved[3]; /* 0 */
} PunktfunkPenSample;

/* ---- Connections: trust ------------------------------------------------------------------------
 */

/* A new certificate and key, which is who this device is. Make one once, keep the key secret; 4096
 * bytes each are enough. INVALID_ARG: a buffer is too small. */
PunktfunkStatus punktfunk_generate_identity(char* cert_pem_out, uintptr_t cert_cap,
                                            char* key_pem_out, uintptr_t key_cap);

/* Whether a host answers there: OK or TIMEOUT. IO: the name cannot be found. Blocks. */
PunktfunkStatus punktfunk_probe(const char* host, uint16_t port, uint32_t timeout_ms);

/* Pairs by the PIN that the host shows. OK: keep the 32 bytes of `host_sha256_out` and pass them as
 * pin_sha256 from now on. CRYPTO: wrong PIN, or somebody stands between; the PIN is used up.
 * REJECTED_*: the host said no. `name`: as the host will call this device; NULL: this machine's
 * name. Blocks. */
PunktfunkStatus punktfunk_pair(const char* host, uint16_t port, const char* client_cert_pem,
                               const char* client_key_pem, const char* pin, const char* name,
                               uint8_t* host_sha256_out, uint32_t timeout_ms);

/* ---- Connections: connecting -------------------------------------------------------------------
 *
 * Block up to `timeout_ms` (more than 185000 to survive an operator's approval), plus what finding
 * a name takes, and answer a connection or NULL; why stands in the log, and in *status_out where
 * there is one: CRYPTO another host than the pinned one, REJECTED_* the host said no, TIMEOUT
 * nobody answered, IO the name or the way cannot be found or the host broke off, INVALID_ARG,
 * NULL_POINTER.
 *
 *   host                 a name or an address
 *   compositor, gamepad  wishes; 0: the host chooses
 *   bitrate_kbps         0: the library adapts it
 *   video_caps           what is true of the decoder: 10BIT, HDR, 444, CHACHA20, MULTI_SLICE; the
 *                        rest the library adds
 *   audio_channels       2, 6, 8; 0: 2
 *   audio_rate_hz, audio_bits  0 and 0: not stated; anything else asks for PCM
 *   video_codecs, preferred_codec  PUNKTFUNK_CODEC_* bits; functions without them offer HEVC alone
 *   client_caps          PUNKTFUNK_CLIENT_CAP_*; bits of planes that this library has not are
 *                        cleared
 *   launch_id            at most 128 bytes, or NULL
 *   pin_sha256           32 bytes, or NULL: whoever answers
 *   observed_sha256_out  NULL or 32 bytes, written on success
 *   client_cert_pem, client_key_pem  of punktfunk_generate_identity; both NULL: a stranger
 *   device_name          NULL: this machine's name; cut to 64 bytes
 */

PunktfunkConnection* punktfunk_connect(const char* host, uint16_t port, uint32_t width,
                                       uint32_t height, uint32_t refresh_hz,
                                       const uint8_t* pin_sha256, uint8_t* observed_sha256_out,
                                       const char* client_cert_pem, const char* client_key_pem,
                                       uint32_t timeout_ms);
PunktfunkConnection* punktfunk_connect_ex(const char* host, uint16_t port, uint32_t width,
                                          uint32_t height, uint32_t refresh_hz, uint32_t compositor,
                                          const uint8_t* pin_sha256, uint8_t* observed_sha256_out,
                                          const char* client_cert_pem, const char* client_key_pem,
                                          uint32_t timeout_ms);
PunktfunkConnection* punktfunk_connect_ex2(const char* host, uint16_t port, uint32_t width,
                                           uint32_t height, uint32_t refresh_hz,
                                           uint32_t compositor, uint32_t gamepad,
                                           const uint8_t* pin_sha256, uint8_t* observed_sha256_out,
                                           const char* client_cert_pem, const char* client_key_pem,
                                           uint32_t timeout_ms);
PunktfunkConnection* punktfunk_connect_ex3(const char* host, uint16_t port, uint32_t width,
                                           uint32_t height, uint32_t refresh_hz,
                                           uint32_t compositor, uint32_t gamepad,
                                           uint32_t bitrate_kbps, const uint8_t* pin_sha256,
                                           uint8_t* observed_sha256_out,
                                           const char* client_cert_pem, const char* client_key_pem,
                                           uint32_t timeout_ms);
PunktfunkConnection* punktfunk_connect_ex4(const char* host, uint16_t port, uint32_t width,
                                           uint32_t height, uint32_t refresh_hz,
                                           uint32_t compositor, uint32_t gamepad,
                                           uint32_t bitrate_kbps, const char* launch_id,
                                           const uint8_t* pin_sha256, uint8_t* observed_sha256_out,
                                           const char* client_cert_pem, const char* client_key_pem,
                                           uint32_t timeout_ms);
PunktfunkConnection* punktfunk_connect_ex5(
    const char* host, uint16_t port, uint32_t width, uint32_t height, uint32_t refresh_hz,
    uint32_t compositor, uint32_t gamepad, uint32_t bitrate_kbps, uint8_t video_caps,
    const char* launch_id, const uint8_t* pin_sha256, uint8_t* observed_sha256_out,
    const char* client_cert_pem, const char* client_key_pem, uint32_t timeout_ms);
PunktfunkConnection* punktfunk_connect_ex6(const char* host, uint16_t port, uint32_t width,
                                           uint32_t height, uint32_t refresh_hz,
                                           uint32_t compositor, uint32_t gamepad,
                                           uint32_t bitrate_kbps, uint8_t video_caps,
                                           uint8_t audio_channels, const char* launch_id,
                                           const uint8_t* pin_sha256, uint8_t* observed_sha256_out,
                                           const char* client_cert_pem, const char* client_key_pem,
                                           uint32_t timeout_ms);
PunktfunkConnection* punktfunk_connect_ex7(
    const char* host, uint16_t port, uint32_t width, uint32_t height, uint32_t refresh_hz,
    uint32_t compositor, uint32_t gamepad, uint32_t bitrate_kbps, uint8_t video_caps,
    uint8_t audio_channels, uint8_t video_codecs, uint8_t preferred_codec, const char* launch_id,
    const uint8_t* pin_sha256, uint8_t* observed_sha256_out, const char* client_cert_pem,
    const char* client_key_pem, uint32_t timeout_ms);
PunktfunkConnection* punktfunk_connect_ex8(
    const char* host, uint16_t port, uint32_t width, uint32_t height, uint32_t refresh_hz,
    uint32_t compositor, uint32_t gamepad, uint32_t bitrate_kbps, uint8_t video_caps,
    uint8_t audio_channels, uint8_t video_codecs, uint8_t preferred_codec, const char* launch_id,
    const uint8_t* pin_sha256, uint8_t* observed_sha256_out, const char* client_cert_pem,
    const char* client_key_pem, uint32_t timeout_ms, int32_t* status_out);
PunktfunkConnection* punktfunk_connect_ex9(
    const char* host, uint16_t port, uint32_t width, uint32_t height, uint32_t refresh_hz,
    uint32_t compositor, uint32_t gamepad, uint32_t bitrate_kbps, uint8_t video_caps,
    uint8_t audio_channels, uint8_t video_codecs, uint8_t preferred_codec, uint8_t client_caps,
    const char* launch_id, const uint8_t* pin_sha256, uint8_t* observed_sha256_out,
    const char* client_cert_pem, const char* client_key_pem, uint32_t timeout_ms,
    int32_t* status_out);
PunktfunkConnection* punktfunk_connect_ex10(
    const char* host, uint16_t port, uint32_t width, uint32_t height, uint32_t refresh_hz,
    uint32_t compositor, uint32_t gamepad, uint32_t bitrate_kbps, uint8_t video_caps,
    uint8_t audio_channels, uint8_t video_codecs, uint8_t preferred_codec, uint8_t client_caps,
    const char* launch_id, const uint8_t* pin_sha256, uint8_t* observed_sha256_out,
    const char* client_cert_pem, const char* client_key_pem, const char* device_name,
    uint32_t timeout_ms, int32_t* status_out);
PunktfunkConnection* punktfunk_connect_ex11(
    const char* host, uint16_t port, uint32_t width, uint32_t height, uint32_t refresh_hz,
    uint32_t compositor, uint32_t gamepad, uint32_t bitrate_kbps, uint8_t video_caps,
    uint8_t audio_channels, uint32_t audio_rate_hz, uint8_t audio_bits, uint8_t video_codecs,
    uint8_t preferred_codec, uint8_t client_caps, const char* launch_id, const uint8_t* pin_sha256,
    uint8_t* observed_sha256_out, const char* client_cert_pem, const char* client_key_pem,
    const char* device_name, uint32_t timeout_ms, int32_t* status_out);

/* The following close says that the user is done: the host keeps nothing for a return. */
void punktfunk_connection_disconnect_quit(PunktfunkConnection* c);

/* Says goodbye and frees. */
void punktfunk_connection_close(PunktfunkConnection* c);

/* ---- Connections: what comes -------------------------------------------------------------------
 *
 * Each waits up to `timeout_ms` (0: not at all). NO_FRAME: nothing came; CLOSED: the session is
 * over and everything that came was taken.
 */

/* Access units in their order; `data` until the next call. After a loss nothing comes until a frame
 * that needs nothing of what was lost; the library asks for one by itself. */
PunktfunkStatus punktfunk_connection_next_au(PunktfunkConnection* c, PunktfunkFrame* out,
                                             uint32_t timeout_ms);
PunktfunkStatus punktfunk_connection_next_host_timing(PunktfunkConnection* c,
                                                      PunktfunkHostTiming* out,
                                                      uint32_t timeout_ms);

/* 320 ms of sound wait at most; older sound is dropped, as is what comes late or again. */
PunktfunkStatus punktfunk_connection_next_audio(PunktfunkConnection* c, PunktfunkAudioPacket* out,
                                                uint32_t timeout_ms);

/* The same, decoded. What is missing since the last packet is made up in front of this one's
 * samples, 50 ms at most; silence comes as samples. Instead of punktfunk_connection_next_audio, not
 * besides. UNSUPPORTED: this library cannot decode what the host sends. */
PunktfunkStatus punktfunk_connection_next_audio_pcm(PunktfunkConnection* c, PunktfunkAudioPcm* out,
                                                    uint32_t timeout_ms);

/* One frame that sounds like those before, to be played when none came in time. It is not made up
 * again when a gap shows. seq and pts_ns are 0. NO_FRAME: nothing has been decoded yet. */
PunktfunkStatus punktfunk_connection_audio_plc(PunktfunkConnection* c, PunktfunkAudioPcm* out);

/* The next Opus packet for a pad's voice coils (5 ms) or speaker (10 ms), stereo at 48 kHz, copied
 * into `buf`; of all pads, each with a count of its own. Answers its bytes, 1500 are always enough;
 * 0: none came, or one of silence, or one larger than `buf_len`, which is gone; -1: it is over, or
 * an argument is wrong. Out pointers may be NULL. Comes only with PUNKTFUNK_CLIENT_CAP_PAD_AUDIO,
 * from a host with PUNKTFUNK_HOST_CAP_PAD_AUDIO, for pads that were said to play it. */
int32_t punktfunk_connection_next_pad_audio(PunktfunkConnection* c, uint8_t* out_pad,
                                            uint8_t* out_kind, uint32_t* out_seq,
                                            uint64_t* out_pts_ns, uint8_t* buf, uintptr_t buf_len,
                                            uint32_t timeout_ms);

/* How strongly the motors of a pad run from now on, until `ttl_ms` is over; the caller stops them
 * then. PUNKTFUNK_RUMBLE_NO_TTL: an old host, which stops them itself. One of the two functions for
 * a connection. Out pointers may be NULL. */
PunktfunkStatus punktfunk_connection_next_rumble(PunktfunkConnection* c, uint16_t* pad,
                                                 uint16_t* low, uint16_t* high,
                                                 uint32_t timeout_ms);
PunktfunkStatus punktfunk_connection_next_rumble2(PunktfunkConnection* c, uint16_t* pad,
                                                  uint16_t* low, uint16_t* high, uint32_t* ttl_ms,
                                                  uint32_t timeout_ms);

/* What the motors of a pad are to do, to be followed to the letter: a level each time that the host
 * renews it, and a stop, 0 and 0, when it does not, when an old host has said nothing for a second,
 * and when the session is over. `backstop_ms` is for motors that must be told for how long; 0 with
 * a stop. CLOSED comes after the last stop. Instead of the functions above, not besides. */
PunktfunkStatus punktfunk_connection_next_rumble_cmd(PunktfunkConnection* c, uint16_t* pad,
                                                     uint16_t* low, uint16_t* high,
                                                     uint32_t* backstop_ms, uint32_t timeout_ms);
PunktfunkStatus punktfunk_connection_next_rumble_cmd2(PunktfunkConnection* c, uint16_t* pad,
                                                      uint16_t* low, uint16_t* high,
                                                      uint16_t* left_trigger,
                                                      uint16_t* right_trigger,
                                                      uint32_t* backstop_ms, uint32_t timeout_ms);

/* A raw report, which has no form here, answers NO_FRAME at once. */
PunktfunkStatus punktfunk_connection_next_hidout(PunktfunkConnection* c, PunktfunkHidOutput* out,
                                                 uint32_t timeout_ms);
/* The newest only. */
PunktfunkStatus punktfunk_connection_next_hdr_meta(PunktfunkConnection* c, PunktfunkHdrMeta* out,
                                                   uint32_t timeout_ms);

/* ---- Connections: what goes --------------------------------------------------------------------
 *
 * None waits. CLOSED: the session is over.
 */

/* One datagram, once. INVALID_ARG: an unknown kind. */
PunktfunkStatus punktfunk_connection_send_input(PunktfunkConnection* c,
                                                const PunktfunkInputEvent* ev);

/* One Opus packet of the microphone, up to 1275 bytes; none: silence. `seq` +1 for each. */
PunktfunkStatus punktfunk_connection_send_mic(PunktfunkConnection* c, const uint8_t* opus_data,
                                              uintptr_t len, uint32_t seq, uint64_t pts_ns);

/* INVALID_ARG: an unknown kind, or another struct_size. */
PunktfunkStatus punktfunk_connection_send_rich_input(PunktfunkConnection* c,
                                                     const PunktfunkRichInput* rich);
PunktfunkStatus punktfunk_connection_send_rich_input2(PunktfunkConnection* c,
                                                      const PunktfunkRichInputEx* rich);

/* What is peculiar about a pad's motors, for punktfunk_connection_next_rumble_cmd. keepalive_ms:
 * they decay, the level is said again so often, 0 never. min_pulse_ms: backstop_ms is no less.
 * PUNKTFUNK_RUMBLE_QUIRK_DEDUP_JITTER: the lowest bit of `low` changes each time, for drivers that
 * ignore what they were told already. INVALID_ARG: no such pad. */
PunktfunkStatus punktfunk_connection_set_rumble_quirks(PunktfunkConnection* c, uint16_t pad,
                                                       uint16_t keepalive_ms, uint16_t min_pulse_ms,
                                                       uint32_t flags);

/* What a pad can play, PUNKTFUNK_PAD_AUDIO_CAP_*, to be said before its arrival is sent, which
 * carries it to the host. Other bits are ignored. INVALID_ARG: no such pad. */
PunktfunkStatus punktfunk_connection_set_pad_audio_caps(PunktfunkConnection* c, uint8_t pad,
                                                        uint8_t audio_caps);

/* 1 to 8 samples, the oldest first; repeat the last one every 100 ms while the pen is in range.
 * UNSUPPORTED: this host takes no pen. INVALID_ARG: a coordinate that is no number, an unknown
 * state bit or tool; then nothing is sent. */
PunktfunkStatus punktfunk_connection_send_pen(PunktfunkConnection* c,
                                              const PunktfunkPenSample* samples, uint32_t count);

/* Of several wishes the newest is asked for, every 500 ms at most; see punktfunk_connection_mode.
 */
PunktfunkStatus punktfunk_connection_request_mode(const PunktfunkConnection* c, uint32_t width,
                                                  uint32_t height, uint32_t refresh_hz);

/* The library asks for what losses make necessary. This is for decoders that lost their footing;
 * not more than once a second. */
PunktfunkStatus punktfunk_connection_request_keyframe(const PunktfunkConnection* c);

/* Frames first to last (their frame_index, which wraps) are lost. More than 256: a key frame. */
PunktfunkStatus punktfunk_connection_request_rfi(const PunktfunkConnection* c, uint32_t first_frame,
                                                 uint32_t last_frame);

/* Each frame_index received, in order: whether, and how many, were missing before it. What has to
 * be asked of the host then has been asked already when the gap was seen, at most every 100 ms. */
PunktfunkStatus punktfunk_connection_note_frame_index(const PunktfunkConnection* c,
                                                      uint32_t frame_index, bool* gap_out);
PunktfunkStatus punktfunk_connection_note_frame_index_ex(const PunktfunkConnection* c,
                                                         uint32_t frame_index, uint32_t* gap_width);

/* Has the host send filler at this rate for so long (5000 ms at most), which pauses the video, and
 * measures what comes; punktfunk_connection_probe_result tells. Hosts do so once in ten seconds.
 * INVALID_ARG: no rate or no time. */
PunktfunkStatus punktfunk_connection_speed_test(const PunktfunkConnection* c, uint32_t target_kbps,
                                                uint32_t duration_ms);

/* Within duration_ms and 5 seconds more `done` is 1. All else 0 then: the host does not test, or
 * nothing came. */
PunktfunkStatus punktfunk_connection_probe_result(const PunktfunkConnection* c,
                                                  PunktfunkProbeResult* out);

/* How long the decoder had a picture, if punktfunk_connection_wants_decode_latency. */
PunktfunkStatus punktfunk_connection_report_decode_us(const PunktfunkConnection* c, uint32_t us);

/* The display's grid in the host's time, about once a second. coherence_milli: 0 to 1000, 0xFFFF
 * not measured. */
PunktfunkStatus punktfunk_connection_report_phase(const PunktfunkConnection* c,
                                                  uint64_t next_latch_host_ns,
                                                  uint32_t latch_period_ns, uint32_t uncertainty_ns,
                                                  uint32_t arrival_lead_ns,
                                                  uint16_t coherence_milli);

/* ---- Connections: what is so -------------------------------------------------------------------
 *
 * Out pointers may be NULL. They answer after the end, too.
 */

PunktfunkStatus punktfunk_connection_end_reason(const PunktfunkConnection* c, uint8_t* out);
/* PUNKTFUNK_STATUS_REJECTED_* if the host ended the session with such a reason, else 0. */
PunktfunkStatus punktfunk_connection_end_reject(const PunktfunkConnection* c, int32_t* out);

/* As accepted last: the bit stream says when it is so. */
PunktfunkStatus punktfunk_connection_mode(const PunktfunkConnection* c, uint32_t* width,
                                          uint32_t* height, uint32_t* refresh_hz);
PunktfunkStatus punktfunk_connection_codec(PunktfunkConnection* c, uint8_t* out);
PunktfunkStatus punktfunk_connection_color_info(PunktfunkConnection* c, uint8_t* primaries,
                                                uint8_t* transfer, uint8_t* matrix,
                                                uint8_t* full_range, uint8_t* bit_depth);
PunktfunkStatus punktfunk_connection_chroma_format(PunktfunkConnection* c, uint8_t* out);
PunktfunkStatus punktfunk_connection_shard_payload(PunktfunkConnection* c, uint32_t* out);
PunktfunkStatus punktfunk_connection_audio_channels(PunktfunkConnection* c, uint8_t* out);
PunktfunkStatus punktfunk_connection_audio_sample_rate(PunktfunkConnection* c, uint32_t* out);
PunktfunkStatus punktfunk_connection_audio_bits(PunktfunkConnection* c, uint8_t* out);
PunktfunkStatus punktfunk_connection_audio_frame_us(PunktfunkConnection* c, uint16_t* out);
PunktfunkStatus punktfunk_connection_gamepad(const PunktfunkConnection* c, uint32_t* gamepad);
PunktfunkStatus punktfunk_connection_compositor(const PunktfunkConnection* c, uint32_t* compositor);
PunktfunkStatus punktfunk_connection_mgmt_port(const PunktfunkConnection* c, uint16_t* out);
PunktfunkStatus punktfunk_connection_host_caps(const PunktfunkConnection* c, uint8_t* caps);
PunktfunkStatus punktfunk_connection_grants(const PunktfunkConnection* c, uint32_t* out);
/* Seconds; 0: for good. */
PunktfunkStatus punktfunk_connection_access_expires_in(const PunktfunkConnection* c, uint32_t* out);
/* As the host configured it at the start; 0: unknown. */
PunktfunkStatus punktfunk_connection_bitrate(const PunktfunkConnection* c, uint32_t* bitrate_kbps);
/* The host's clock less this one's: measured first, and now. 0 until it was measured, which takes a
 * few round trips after connecting. */
PunktfunkStatus punktfunk_connection_clock_offset_ns(const PunktfunkConnection* c,
                                                     int64_t* offset_ns);
PunktfunkStatus punktfunk_connection_clock_offset_now_ns(const PunktfunkConnection* c,
                                                         int64_t* offset_ns);
/* 0 for NULL. */
PunktfunkStatus punktfunk_connection_frames_dropped(const PunktfunkConnection* c, uint64_t* out);
PunktfunkStatus punktfunk_connection_wants_decode_latency(const PunktfunkConnection* c, bool* out);

#endif /* PUNKTFUNK_FEATURE_QUIC */

#ifdef __cplusplus
}
#endif

#endif
