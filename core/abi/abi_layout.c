/* Prints what the header promises, one fact a line: sizes and offsets of structs, values of names.
 */
#include <stddef.h>
#include <stdio.h>

#include "punktfunk_core.h"

struct align_of_config {
  char c;
  PunktfunkConfig t;
};
struct align_of_frame {
  char c;
  PunktfunkFrame t;
};
struct align_of_input {
  char c;
  PunktfunkInputEvent t;
};
struct align_of_stats {
  char c;
  PunktfunkStats t;
};
struct align_of_transport {
  char c;
  PunktfunkTransport t;
};

#define STRUCT(type, holder)                                             \
  printf("struct %s %u bytes align %u\n", #type, (unsigned)sizeof(type), \
         (unsigned)offsetof(struct holder, t))
#define FIELD(type, name)                                                      \
  printf("field %s.%s @%u %u\n", #type, #name, (unsigned)offsetof(type, name), \
         (unsigned)sizeof(((type*)0)->name))
#define VALUE(name) printf("value %s %ld\n", #name, (long)(name))

static void structs(void) {
  STRUCT(PunktfunkConfig, align_of_config);
  FIELD(PunktfunkConfig, struct_size);
  FIELD(PunktfunkConfig, role);
  FIELD(PunktfunkConfig, phase);
  FIELD(PunktfunkConfig, fec_scheme);
  FIELD(PunktfunkConfig, fec_percent);
  FIELD(PunktfunkConfig, max_data_per_block);
  FIELD(PunktfunkConfig, shard_payload);
  FIELD(PunktfunkConfig, encrypt);
  FIELD(PunktfunkConfig, key);
  FIELD(PunktfunkConfig, salt);
  FIELD(PunktfunkConfig, loopback_drop_period);
  FIELD(PunktfunkConfig, max_frame_bytes);
  STRUCT(PunktfunkFrame, align_of_frame);
  FIELD(PunktfunkFrame, data);
  FIELD(PunktfunkFrame, len);
  FIELD(PunktfunkFrame, frame_index);
  FIELD(PunktfunkFrame, pts_ns);
  FIELD(PunktfunkFrame, flags);
  FIELD(PunktfunkFrame, received_ns);
  STRUCT(PunktfunkInputEvent, align_of_input);
  FIELD(PunktfunkInputEvent, kind);
  FIELD(PunktfunkInputEvent, _pad);
  FIELD(PunktfunkInputEvent, code);
  FIELD(PunktfunkInputEvent, x);
  FIELD(PunktfunkInputEvent, y);
  FIELD(PunktfunkInputEvent, flags);
  STRUCT(PunktfunkStats, align_of_stats);
  FIELD(PunktfunkStats, frames_submitted);
  FIELD(PunktfunkStats, frames_completed);
  FIELD(PunktfunkStats, frames_dropped);
  FIELD(PunktfunkStats, packets_sent);
  FIELD(PunktfunkStats, packets_received);
  FIELD(PunktfunkStats, packets_dropped);
  FIELD(PunktfunkStats, packets_send_dropped);
  FIELD(PunktfunkStats, fec_recovered_shards);
  FIELD(PunktfunkStats, bytes_sent);
  FIELD(PunktfunkStats, bytes_received);
  STRUCT(PunktfunkTransport, align_of_transport);
  FIELD(PunktfunkTransport, struct_size);
  FIELD(PunktfunkTransport, _reserved);
  FIELD(PunktfunkTransport, send);
  FIELD(PunktfunkTransport, receive);
  FIELD(PunktfunkTransport, user);
  printf("scalar PunktfunkStatus %u\n", (unsigned)sizeof(PunktfunkStatus));
  printf("scalar PunktfunkInputKind %u\n", (unsigned)sizeof(PunktfunkInputKind));
}

static void values(void) {
  VALUE(PUNKTFUNK_ABI_VERSION);
  VALUE(PUNKTFUNK_WIRE_VERSION);
  VALUE(PUNKTFUNK_FEATURE_TRANSPORT);
  VALUE(PUNKTFUNK_MAX_DATAGRAM_BYTES);
  VALUE(PUNKTFUNK_MIN_SHARD_PAYLOAD);
  VALUE(PUNKTFUNK_MIN_STREAM_BLOCK_SHARDS);
  VALUE(PUNKTFUNK_MAX_PADS);
  VALUE(PUNKTFUNK_TAG_LEN);
  VALUE(PUNKTFUNK_INPUT_WIRE_LEN);
  VALUE(PUNKTFUNK_MAGIC);
  VALUE(PUNKTFUNK_INPUT_MAGIC);
  VALUE(PUNKTFUNK_CIPHER_AES_128_GCM);
  VALUE(PUNKTFUNK_CIPHER_CHACHA20_POLY1305);
  VALUE(PUNKTFUNK_FLAG_PIC);
  VALUE(PUNKTFUNK_FLAG_EOF);
  VALUE(PUNKTFUNK_FLAG_SOF);
  VALUE(PUNKTFUNK_FLAG_PROBE);
  VALUE(PUNKTFUNK_USER_FLAG_RECOVERY_POINT);
  VALUE(PUNKTFUNK_USER_FLAG_RECOVERY_ANCHOR);
  VALUE(PUNKTFUNK_USER_FLAG_CHUNK_ALIGNED);
  VALUE(PUNKTFUNK_USER_FLAG_SLICE_STREAM);
  VALUE(PUNKTFUNK_BTN_DPAD_UP);
  VALUE(PUNKTFUNK_BTN_DPAD_DOWN);
  VALUE(PUNKTFUNK_BTN_DPAD_LEFT);
  VALUE(PUNKTFUNK_BTN_DPAD_RIGHT);
  VALUE(PUNKTFUNK_BTN_START);
  VALUE(PUNKTFUNK_BTN_BACK);
  VALUE(PUNKTFUNK_BTN_LS_CLICK);
  VALUE(PUNKTFUNK_BTN_RS_CLICK);
  VALUE(PUNKTFUNK_BTN_LB);
  VALUE(PUNKTFUNK_BTN_RB);
  VALUE(PUNKTFUNK_BTN_GUIDE);
  VALUE(PUNKTFUNK_BTN_A);
  VALUE(PUNKTFUNK_BTN_B);
  VALUE(PUNKTFUNK_BTN_X);
  VALUE(PUNKTFUNK_BTN_Y);
  VALUE(PUNKTFUNK_BTN_PADDLE1);
  VALUE(PUNKTFUNK_BTN_PADDLE2);
  VALUE(PUNKTFUNK_BTN_PADDLE3);
  VALUE(PUNKTFUNK_BTN_PADDLE4);
  VALUE(PUNKTFUNK_BTN_TOUCHPAD);
  VALUE(PUNKTFUNK_BTN_MISC1);
  VALUE(PUNKTFUNK_GAMEPAD_BTN_PADDLE1);
  VALUE(PUNKTFUNK_GAMEPAD_BTN_PADDLE2);
  VALUE(PUNKTFUNK_GAMEPAD_BTN_PADDLE3);
  VALUE(PUNKTFUNK_GAMEPAD_BTN_PADDLE4);
  VALUE(PUNKTFUNK_GAMEPAD_BTN_MISC1);
  VALUE(PUNKTFUNK_AXIS_LS_X);
  VALUE(PUNKTFUNK_AXIS_LS_Y);
  VALUE(PUNKTFUNK_AXIS_RS_X);
  VALUE(PUNKTFUNK_AXIS_RS_Y);
  VALUE(PUNKTFUNK_AXIS_LT);
  VALUE(PUNKTFUNK_AXIS_RT);
  VALUE(PUNKTFUNK_GAMEPAD_AUTO);
  VALUE(PUNKTFUNK_GAMEPAD_XBOX360);
  VALUE(PUNKTFUNK_GAMEPAD_DUALSENSE);
  VALUE(PUNKTFUNK_GAMEPAD_XBOXONE);
  VALUE(PUNKTFUNK_GAMEPAD_DUALSHOCK4);
  VALUE(PUNKTFUNK_GAMEPAD_STEAMCONTROLLER);
  VALUE(PUNKTFUNK_GAMEPAD_STEAMDECK);
  VALUE(PUNKTFUNK_GAMEPAD_DUALSENSEEDGE);
  VALUE(PUNKTFUNK_GAMEPAD_SWITCHPRO);
  VALUE(PUNKTFUNK_GAMEPAD_STEAMCONTROLLER2);
  VALUE(PUNKTFUNK_GAMEPAD_STEAMCONTROLLER2_PUCK);
  VALUE(PUNKTFUNK_GAMEPAD_XBOXELITE);
  VALUE(PUNKTFUNK_STATUS_OK);
  VALUE(PUNKTFUNK_STATUS_INVALID_ARG);
  VALUE(PUNKTFUNK_STATUS_FEC);
  VALUE(PUNKTFUNK_STATUS_CRYPTO);
  VALUE(PUNKTFUNK_STATUS_BAD_PACKET);
  VALUE(PUNKTFUNK_STATUS_NO_FRAME);
  VALUE(PUNKTFUNK_STATUS_UNSUPPORTED);
  VALUE(PUNKTFUNK_STATUS_IO);
  VALUE(PUNKTFUNK_STATUS_NULL_POINTER);
  VALUE(PUNKTFUNK_STATUS_TIMEOUT);
  VALUE(PUNKTFUNK_STATUS_CLOSED);
  VALUE(PUNKTFUNK_STATUS_REJECTED_NOT_ARMED);
  VALUE(PUNKTFUNK_STATUS_REJECTED_BOUND_OTHER);
  VALUE(PUNKTFUNK_STATUS_REJECTED_RATE_LIMITED);
  VALUE(PUNKTFUNK_STATUS_REJECTED_IDENTITY_REQUIRED);
  VALUE(PUNKTFUNK_STATUS_REJECTED_DENIED);
  VALUE(PUNKTFUNK_STATUS_REJECTED_APPROVAL_TIMEOUT);
  VALUE(PUNKTFUNK_STATUS_REJECTED_SUPERSEDED);
  VALUE(PUNKTFUNK_STATUS_REJECTED_WIRE_VERSION);
  VALUE(PUNKTFUNK_STATUS_REJECTED_BUSY);
  VALUE(PUNKTFUNK_STATUS_REJECTED_SETUP_FAILED);
  VALUE(PUNKTFUNK_STATUS_REJECTED_ACCESS_EXPIRED);
  VALUE(PUNKTFUNK_STATUS_REJECTED_LAUNCH_NOT_PERMITTED);
  VALUE(PUNKTFUNK_STATUS_PANIC);
  VALUE(PUNKTFUNK_INPUT_KIND_KEY_DOWN);
  VALUE(PUNKTFUNK_INPUT_KIND_KEY_UP);
  VALUE(PUNKTFUNK_INPUT_KIND_MOUSE_MOVE);
  VALUE(PUNKTFUNK_INPUT_KIND_MOUSE_MOVE_ABS);
  VALUE(PUNKTFUNK_INPUT_KIND_MOUSE_BUTTON_DOWN);
  VALUE(PUNKTFUNK_INPUT_KIND_MOUSE_BUTTON_UP);
  VALUE(PUNKTFUNK_INPUT_KIND_MOUSE_SCROLL);
  VALUE(PUNKTFUNK_INPUT_KIND_GAMEPAD_BUTTON);
  VALUE(PUNKTFUNK_INPUT_KIND_GAMEPAD_AXIS);
  VALUE(PUNKTFUNK_INPUT_KIND_TOUCH_DOWN);
  VALUE(PUNKTFUNK_INPUT_KIND_TOUCH_MOVE);
  VALUE(PUNKTFUNK_INPUT_KIND_TOUCH_UP);
  VALUE(PUNKTFUNK_INPUT_KIND_GAMEPAD_STATE);
  VALUE(PUNKTFUNK_INPUT_KIND_GAMEPAD_REMOVE);
  VALUE(PUNKTFUNK_INPUT_KIND_GAMEPAD_ARRIVAL);
  VALUE(PUNKTFUNK_INPUT_KIND_TEXT_INPUT);
}

int main(void) {
  structs();
  values();
  return 0;
}
