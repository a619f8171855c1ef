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

struct align_of_host_timing {
  char c;
  PunktfunkHostTiming t;
};

struct align_of_audio_packet {
  char c;
  PunktfunkAudioPacket t;
};
struct align_of_audio_pcm {
  char c;
  PunktfunkAudioPcm t;
};
struct align_of_hid_output {
  char c;
  PunktfunkHidOutput t;
};
struct align_of_hdr_meta {
  char c;
  PunktfunkHdrMeta t;
};
struct align_of_rich_input {
  char c;
  PunktfunkRichInput t;
};
struct align_of_rich_input_ex {
  char c;
  PunktfunkRichInputEx t;
};
struct align_of_pen_sample {
  char c;
  PunktfunkPenSample t;
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
  STRUCT(PunktfunkHostTiming, align_of_host_timing);
  FIELD(PunktfunkHostTiming, pts_ns);
  FIELD(PunktfunkHostTiming, host_us);
  STRUCT(PunktfunkAudioPacket, align_of_audio_packet);
  FIELD(PunktfunkAudioPacket, data);
  FIELD(PunktfunkAudioPacket, len);
  FIELD(PunktfunkAudioPacket, seq);
  FIELD(PunktfunkAudioPacket, pts_ns);
  STRUCT(PunktfunkAudioPcm, align_of_audio_pcm);
  FIELD(PunktfunkAudioPcm, samples);
  FIELD(PunktfunkAudioPcm, frame_count);
  FIELD(PunktfunkAudioPcm, channels);
  FIELD(PunktfunkAudioPcm, seq);
  FIELD(PunktfunkAudioPcm, pts_ns);
  STRUCT(PunktfunkHidOutput, align_of_hid_output);
  FIELD(PunktfunkHidOutput, kind);
  FIELD(PunktfunkHidOutput, pad);
  FIELD(PunktfunkHidOutput, r);
  FIELD(PunktfunkHidOutput, g);
  FIELD(PunktfunkHidOutput, b);
  FIELD(PunktfunkHidOutput, player_bits);
  FIELD(PunktfunkHidOutput, which);
  FIELD(PunktfunkHidOutput, effect_len);
  FIELD(PunktfunkHidOutput, effect);
  STRUCT(PunktfunkHdrMeta, align_of_hdr_meta);
  FIELD(PunktfunkHdrMeta, display_primaries_x);
  FIELD(PunktfunkHdrMeta, display_primaries_y);
  FIELD(PunktfunkHdrMeta, white_point_x);
  FIELD(PunktfunkHdrMeta, white_point_y);
  FIELD(PunktfunkHdrMeta, max_display_mastering_luminance);
  FIELD(PunktfunkHdrMeta, min_display_mastering_luminance);
  FIELD(PunktfunkHdrMeta, max_cll);
  FIELD(PunktfunkHdrMeta, max_fall);
  STRUCT(PunktfunkRichInput, align_of_rich_input);
  FIELD(PunktfunkRichInput, kind);
  FIELD(PunktfunkRichInput, pad);
  FIELD(PunktfunkRichInput, finger);
  FIELD(PunktfunkRichInput, active);
  FIELD(PunktfunkRichInput, x);
  FIELD(PunktfunkRichInput, y);
  FIELD(PunktfunkRichInput, gyro);
  FIELD(PunktfunkRichInput, accel);
  STRUCT(PunktfunkRichInputEx, align_of_rich_input_ex);
  FIELD(PunktfunkRichInputEx, struct_size);
  FIELD(PunktfunkRichInputEx, kind);
  FIELD(PunktfunkRichInputEx, pad);
  FIELD(PunktfunkRichInputEx, finger);
  FIELD(PunktfunkRichInputEx, active);
  FIELD(PunktfunkRichInputEx, surface);
  FIELD(PunktfunkRichInputEx, click);
  FIELD(PunktfunkRichInputEx, _reserved);
  FIELD(PunktfunkRichInputEx, x);
  FIELD(PunktfunkRichInputEx, y);
  FIELD(PunktfunkRichInputEx, pressure);
  FIELD(PunktfunkRichInputEx, gyro);
  FIELD(PunktfunkRichInputEx, accel);
  STRUCT(PunktfunkPenSample, align_of_pen_sample);
  FIELD(PunktfunkPenSample, x);
  FIELD(PunktfunkPenSample, y);
  FIELD(PunktfunkPenSample, pressure);
  FIELD(PunktfunkPenSample, distance);
  FIELD(PunktfunkPenSample, azimuth_deg);
  FIELD(PunktfunkPenSample, roll_deg);
  FIELD(PunktfunkPenSample, dt_us);
  FIELD(PunktfunkPenSample, state);
  FIELD(PunktfunkPenSample, tool);
  FIELD(PunktfunkPenSample, tilt_deg);
  FIELD(PunktfunkPenSample, _reserved);
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
  VALUE(PUNKTFUNK_HELLO_NAME_MAX);
  VALUE(PUNKTFUNK_HELLO_LAUNCH_MAX);
  VALUE(PUNKTFUNK_RFI_MAX_RANGE);
  VALUE(PUNKTFUNK_CODEC_H264);
  VALUE(PUNKTFUNK_CODEC_HEVC);
  VALUE(PUNKTFUNK_CODEC_AV1);
  VALUE(PUNKTFUNK_CODEC_PYROWAVE);
  VALUE(PUNKTFUNK_CHROMA_IDC_420);
  VALUE(PUNKTFUNK_CHROMA_IDC_444);
  VALUE(PUNKTFUNK_VIDEO_CAP_10BIT);
  VALUE(PUNKTFUNK_VIDEO_CAP_HDR);
  VALUE(PUNKTFUNK_VIDEO_CAP_444);
  VALUE(PUNKTFUNK_VIDEO_CAP_HOST_TIMING);
  VALUE(PUNKTFUNK_VIDEO_CAP_PROBE_SEQ);
  VALUE(PUNKTFUNK_VIDEO_CAP_STREAMED_AU);
  VALUE(PUNKTFUNK_VIDEO_CAP_CHACHA20);
  VALUE(PUNKTFUNK_VIDEO_CAP_MULTI_SLICE);
  VALUE(PUNKTFUNK_CLIENT_CAP_PHASE_LOCK);
  VALUE(PUNKTFUNK_HOST_CAP_GAMEPAD_STATE);
  VALUE(PUNKTFUNK_HOST_CAP_CLIPBOARD);
  VALUE(PUNKTFUNK_HOST_CAP_TEXT_INPUT);
  VALUE(PUNKTFUNK_HOST_CAP_CURSOR);
  VALUE(PUNKTFUNK_HOST_CAP_PEN);
  VALUE(PUNKTFUNK_HOST_CAP_AUDIO_RED);
  VALUE(PUNKTFUNK_HOST_CAP_PAD_AUDIO);
  VALUE(PUNKTFUNK_HOST_CAP_AUDIO_HIRES);
  VALUE(PUNKTFUNK_COMPOSITOR_AUTO);
  VALUE(PUNKTFUNK_COMPOSITOR_KWIN);
  VALUE(PUNKTFUNK_COMPOSITOR_WLROOTS);
  VALUE(PUNKTFUNK_COMPOSITOR_MUTTER);
  VALUE(PUNKTFUNK_COMPOSITOR_GAMESCOPE);
  VALUE(PUNKTFUNK_GRANT_GAMEPAD);
  VALUE(PUNKTFUNK_GRANT_POINTER);
  VALUE(PUNKTFUNK_GRANT_KEYBOARD);
  VALUE(PUNKTFUNK_GRANT_CLIPBOARD);
  VALUE(PUNKTFUNK_GRANT_MIC);
  VALUE(PUNKTFUNK_GRANT_LAUNCH);
  VALUE(PUNKTFUNK_GRANT_ALL);
  VALUE(PUNKTFUNK_GRANT_RESERVED);
  VALUE(PUNKTFUNK_GRANT_PRESET_FULL);
  VALUE(PUNKTFUNK_GRANT_PRESET_CONTROLLER_ONLY);
  VALUE(PUNKTFUNK_GRANT_PRESET_VIEW_ONLY);
  VALUE(PUNKTFUNK_REJECT_BUSY_CLOSE_CODE);
  VALUE(PUNKTFUNK_QUIT_CLOSE_CODE);
  VALUE(PUNKTFUNK_APP_EXITED_CLOSE_CODE);
  VALUE(PUNKTFUNK_PAIR_NOT_ARMED_CLOSE_CODE);
  VALUE(PUNKTFUNK_PAIR_BOUND_OTHER_CLOSE_CODE);
  VALUE(PUNKTFUNK_PAIR_RATE_LIMITED_CLOSE_CODE);
  VALUE(PUNKTFUNK_PAIR_NO_IDENTITY_CLOSE_CODE);
  VALUE(PUNKTFUNK_PAIR_DENIED_CLOSE_CODE);
  VALUE(PUNKTFUNK_PAIR_APPROVAL_TIMEOUT_CLOSE_CODE);
  VALUE(PUNKTFUNK_PAIR_SUPERSEDED_CLOSE_CODE);
  VALUE(PUNKTFUNK_WIRE_VERSION_CLOSE_CODE);
  VALUE(PUNKTFUNK_SETUP_FAILED_CLOSE_CODE);
  VALUE(PUNKTFUNK_ACCESS_EXPIRED_CLOSE_CODE);
  VALUE(PUNKTFUNK_LAUNCH_NOT_PERMITTED_CLOSE_CODE);
  VALUE(PUNKTFUNK_REANCHOR_MARKS_TO_LIFT);
  VALUE(PUNKTFUNK_NO_OUTPUT_KEYFRAME_STREAK);
  VALUE(PUNKTFUNK_END_REASON_NONE);
  VALUE(PUNKTFUNK_END_REASON_LOCAL);
  VALUE(PUNKTFUNK_END_REASON_GAME_EXITED);
  VALUE(PUNKTFUNK_END_REASON_HOST_ENDED);
  VALUE(PUNKTFUNK_END_REASON_HOST_ERROR);
  VALUE(PUNKTFUNK_END_REASON_LOST);
  VALUE(PUNKTFUNK_CLIENT_CAP_AUDIO_RED);
  VALUE(PUNKTFUNK_CLIENT_CAP_AUDIO_HIRES);
  VALUE(PUNKTFUNK_AUDIO_SAMPLE_RATE_HZ);
  VALUE(PUNKTFUNK_AUDIO_FRAME_MS);
  VALUE(PUNKTFUNK_AUDIO_BITS_16);
  VALUE(PUNKTFUNK_AUDIO_BITS_24);
  VALUE(PUNKTFUNK_AUDIO_CODEC_OPUS);
  VALUE(PUNKTFUNK_AUDIO_CODEC_PCM);
  VALUE(PUNKTFUNK_RICH_TOUCHPAD);
  VALUE(PUNKTFUNK_RICH_MOTION);
  VALUE(PUNKTFUNK_RICH_TOUCHPAD_EX);
  VALUE(MOTION_ACCEL_LSB_PER_G);
  VALUE(MOTION_GYRO_LSB_PER_DEG_S);
  VALUE(PUNKTFUNK_PEN_BATCH_MAX);
  VALUE(PUNKTFUNK_PEN_IN_RANGE);
  VALUE(PUNKTFUNK_PEN_TOUCHING);
  VALUE(PUNKTFUNK_PEN_BARREL1);
  VALUE(PUNKTFUNK_PEN_BARREL2);
  VALUE(PUNKTFUNK_PEN_PREDICTED);
  VALUE(PUNKTFUNK_PEN_TOOL_PEN);
  VALUE(PUNKTFUNK_PEN_TOOL_ERASER);
  VALUE(PUNKTFUNK_PEN_TILT_UNKNOWN);
  VALUE(PUNKTFUNK_PEN_ANGLE_UNKNOWN);
  VALUE(PUNKTFUNK_PEN_DISTANCE_UNKNOWN);
  VALUE(PUNKTFUNK_PEN_TOUCH_TIMEOUT_MS);
  VALUE(PUNKTFUNK_RUMBLE_NO_TTL);
  VALUE(PUNKTFUNK_HID_EFFECT_MAX);
  VALUE(PUNKTFUNK_TRIGGER_EFFECT_MAX);
  VALUE(PUNKTFUNK_HIDOUT_LED);
  VALUE(PUNKTFUNK_HIDOUT_PLAYER_LEDS);
  VALUE(PUNKTFUNK_HIDOUT_TRIGGER);
  VALUE(PUNKTFUNK_HIDOUT_TRACKPAD_HAPTIC);
  VALUE(PUNKTFUNK_HIDOUT_AUDIO_CTL);
}

int main(void) {
  structs();
  values();
  return 0;
}
