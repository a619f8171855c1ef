/* A C99 program at a real host: connection_test NAME HOST PORT [FURTHER WORDS]. What the host has
 * to be like for each NAME: testing/e2e/embedding_test.py, which starts this. */
#define _POSIX_C_SOURCE 200112L
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "abi_testing.h"
#include "punktfunk_core.h"

enum { kPatienceMs = 20000, kFrames = 60 };

struct device {
  char certificate[4096], key[4096];
};

static const char* host;
static uint16_t port;

static void make_device(struct device* device) {
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK,
                punktfunk_generate_identity(device->certificate, sizeof device->certificate,
                                            device->key, sizeof device->key));
  EXPECT(strstr(device->certificate, "BEGIN CERTIFICATE") != NULL);
  EXPECT(strstr(device->key, "PRIVATE KEY") != NULL);
}

/* `device` and `pin` may be NULL. */
static PunktfunkConnection* connect_as(const struct device* device, const uint8_t* pin,
                                       uint8_t* observed, uint32_t timeout_ms, int32_t* status) {
  return punktfunk_connect_ex11(
      host, port, 640, 360, 30, PUNKTFUNK_COMPOSITOR_AUTO, PUNKTFUNK_GAMEPAD_AUTO, 8000,
      PUNKTFUNK_VIDEO_CAP_MULTI_SLICE, 2, 0, 0, PUNKTFUNK_CODEC_H264, PUNKTFUNK_CODEC_H264,
      PUNKTFUNK_CLIENT_CAP_PHASE_LOCK, NULL, pin, observed,
      device != NULL ? device->certificate : NULL, device != NULL ? device->key : NULL,
      "a C program", timeout_ms, status);
}

static void pause_ms(long ms) {
  const struct timespec pause = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&pause, NULL);
}

static int bytes_of_hex(const char* text, uint8_t* bytes, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    unsigned value = 0;
    if (sscanf(text + 2 * i, "%2x", &value) != 1) return 0;
    bytes[i] = (uint8_t)value;
  }
  return 1;
}

/* ---- What a stream is --------------------------------------------------------------------------
 */

/* The next access unit within the patience; what it says is checked. */
static PunktfunkFrame next_frame(PunktfunkConnection* c) {
  PunktfunkFrame frame;
  memset(&frame, 0, sizeof frame);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_next_au(c, &frame, kPatienceMs));
  EXPECT(frame.data != NULL && frame.len > 4);
  if (frame.len > 4) EXPECT(frame.data[0] == 0 && frame.data[1] == 0); /* Annex B */
  EXPECT(frame.received_ns > 0 && (frame.flags & PUNKTFUNK_FLAG_PIC) != 0);
  return frame;
}

static void pull_frames(PunktfunkConnection* c) {
  ReanchorGate* gate = punktfunk_reanchor_gate_new(0);
  uint64_t last_pts = 0;
  for (int i = 0; i < kFrames; ++i) {
    const PunktfunkFrame frame = next_frame(c);
    if (i == 0) EXPECT((frame.flags & PUNKTFUNK_FLAG_SOF) != 0);
    EXPECT(frame.pts_ns > last_pts);
    last_pts = frame.pts_ns;
    bool gap = true, present = false;
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK,
                  punktfunk_connection_note_frame_index(c, frame.frame_index, &gap));
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK,
                  punktfunk_reanchor_gate_on_decoded(gate, frame.flags, false, &present));
    EXPECT(present);
    (void)gap; /* a busy machine may lose one */
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_report_decode_us(c, 2000));
  }
  punktfunk_reanchor_gate_free(gate);
}

static void getters_tell_what_was_agreed(PunktfunkConnection* c) {
  uint32_t width = 0, height = 0, hz = 0, word = 0;
  uint16_t half = 0;
  uint8_t byte = 0, primaries = 0, transfer = 0, matrix = 0, full = 9, depth = 0;
  uint64_t dropped = 1;
  bool flag = true;
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_mode(c, &width, &height, &hz));
  EXPECT(width == 640 && height == 360 && hz == 30);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_codec(c, &byte));
  EXPECT(byte == PUNKTFUNK_CODEC_H264);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK,
                punktfunk_connection_color_info(c, &primaries, &transfer, &matrix, &full, &depth));
  EXPECT(primaries == 1 && transfer == 1 && matrix == 1 && full <= 1 && depth == 8);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_chroma_format(c, &byte));
  EXPECT(byte == PUNKTFUNK_CHROMA_IDC_420);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_shard_payload(c, &word));
  EXPECT(word >= PUNKTFUNK_MIN_SHARD_PAYLOAD && word % 2 == 0);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_bitrate(c, &word));
  EXPECT(word == 8000);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_audio_channels(c, &byte));
  EXPECT(byte == 2);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_audio_sample_rate(c, &word));
  EXPECT(word == 48000);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_audio_bits(c, &byte));
  EXPECT(byte == 16);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_audio_frame_us(c, &half));
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_grants(c, &word));
  EXPECT(word == PUNKTFUNK_GRANT_ALL);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_access_expires_in(c, &word));
  EXPECT(word == 0);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_gamepad(c, &word));
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_compositor(c, &word));
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_mgmt_port(c, &half));
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_host_caps(c, &byte));
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_frames_dropped(c, &dropped));
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_wants_decode_latency(c, &flag));
  EXPECT(!flag); /* the rate was named */
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_end_reason(c, &byte));
  EXPECT(byte == PUNKTFUNK_END_REASON_NONE);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_mode(c, NULL, NULL, NULL));
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_grants(c, NULL));
}

/* Both ends are this machine, so their clocks are one. */
static void the_clocks_agree(PunktfunkConnection* c) {
  int64_t first = 0, now = 0;
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_clock_offset_ns(c, &first));
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_clock_offset_now_ns(c, &now));
  EXPECT(first > -500000000 && first < 500000000);
  EXPECT(now > -500000000 && now < 500000000);
}

static void a_key_frame_comes_when_asked_for(PunktfunkConnection* c) {
  pause_ms(800); /* a host makes one in 750 ms at most */
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_request_keyframe(c));
  for (int i = 0; i < 30 * kPatienceMs / 1000; ++i) {
    if ((next_frame(c).flags & PUNKTFUNK_FLAG_SOF) != 0) return;
  }
  EXPECT(!"a key frame came");
}

static void the_mode_changes_when_asked_for(PunktfunkConnection* c) {
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_request_mode(c, 320, 240, 30));
  uint32_t width = 0, height = 0;
  for (int i = 0; i < 30 * kPatienceMs / 1000 && width != 320; ++i) {
    next_frame(c);
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_mode(c, &width, &height, NULL));
  }
  EXPECT(width == 320 && height == 240);
}

static void everything_may_be_sent(PunktfunkConnection* c) {
  PunktfunkInputEvent event;
  memset(&event, 0, sizeof event);
  for (unsigned kind = 0; kind <= PUNKTFUNK_INPUT_KIND_TEXT_INPUT; ++kind) {
    event.kind = (uint8_t)kind;
    event.code = 1;
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_send_input(c, &event));
  }
  event.kind = 16;
  EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG, punktfunk_connection_send_input(c, &event));
  EXPECT_STATUS(PUNKTFUNK_STATUS_NULL_POINTER, punktfunk_connection_send_input(c, NULL));
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_request_rfi(c, 4294967295u, 1));
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_request_rfi(c, 1, 1000));
  EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG, punktfunk_connection_request_rfi(c, 2, 1));
  EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG, punktfunk_connection_request_mode(c, 0, 1, 1));
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK,
                punktfunk_connection_report_phase(c, 1, 16666667, 1000, 4000000, 0xFFFF));
  EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG,
                punktfunk_connection_report_phase(c, 1, 16666667, 1000, 4000000, 1001));
}

static void the_way_can_be_measured(PunktfunkConnection* c) {
  PunktfunkProbeResult result;
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_probe_result(c, &result));
  EXPECT(result.done == 0 && result.recv_bytes == 0);
  EXPECT_STATUS(PUNKTFUNK_STATUS_NULL_POINTER, punktfunk_connection_probe_result(c, NULL));
  EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG, punktfunk_connection_speed_test(c, 0, 300));
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_speed_test(c, 20000, 300));
  for (int i = 0; i < kPatienceMs / 20 && result.done == 0; ++i) {
    pause_ms(20);
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_probe_result(c, &result));
  }
  EXPECT(result.done == 1 && result.wire_packets_sent > 0 && result.host_bytes > 0);
  EXPECT(result.recv_packets > 0 && result.recv_bytes > result.recv_packets);
  EXPECT(result.throughput_kbps > 0 && result.elapsed_ms > 0);
  EXPECT(result.loss_pct >= 0 && result.loss_pct < 100 && result.host_drop_pct < 100);
}

/* Nobody plays or listens at this host: the planes are quiet, and what is sent goes nowhere. */
static void sound_pads_and_pens(PunktfunkConnection* c) {
  PunktfunkAudioPacket packet;
  PunktfunkHidOutput output;
  PunktfunkHdrMeta hdr;
  EXPECT_STATUS(PUNKTFUNK_STATUS_NO_FRAME, punktfunk_connection_next_audio(c, &packet, 10));
  EXPECT_STATUS(PUNKTFUNK_STATUS_NO_FRAME,
                punktfunk_connection_next_rumble(c, NULL, NULL, NULL, 0));
  EXPECT_STATUS(PUNKTFUNK_STATUS_NO_FRAME, punktfunk_connection_next_hidout(c, &output, 0));
  EXPECT_STATUS(PUNKTFUNK_STATUS_NO_FRAME, punktfunk_connection_next_hdr_meta(c, &hdr, 0));
  EXPECT_STATUS(PUNKTFUNK_STATUS_NULL_POINTER, punktfunk_connection_next_audio(c, NULL, 0));

  static const uint8_t opus[1276] = {0xF8};
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_send_mic(c, opus, 3, 0, 1));
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_send_mic(c, NULL, 0, 1, 2));
  EXPECT_STATUS(PUNKTFUNK_STATUS_NULL_POINTER, punktfunk_connection_send_mic(c, NULL, 1, 2, 3));
  EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG,
                punktfunk_connection_send_mic(c, opus, sizeof opus, 2, 3));

  PunktfunkRichInput rich;
  memset(&rich, 0, sizeof rich);
  EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG, punktfunk_connection_send_rich_input(c, &rich));
  rich.kind = PUNKTFUNK_RICH_MOTION;
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_send_rich_input(c, &rich));
  PunktfunkRichInputEx extended;
  memset(&extended, 0, sizeof extended);
  extended.kind = PUNKTFUNK_RICH_TOUCHPAD_EX;
  EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG, punktfunk_connection_send_rich_input2(c, &extended));
  extended.struct_size = sizeof extended;
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_send_rich_input2(c, &extended));
  extended.kind = 4;
  EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG, punktfunk_connection_send_rich_input2(c, &extended));

  PunktfunkPenSample pen[PUNKTFUNK_PEN_BATCH_MAX + 1];
  memset(pen, 0, sizeof pen);
  uint8_t caps = 0;
  punktfunk_connection_host_caps(c, &caps);
  const int32_t sent =
      (caps & PUNKTFUNK_HOST_CAP_PEN) != 0 ? PUNKTFUNK_STATUS_OK : PUNKTFUNK_STATUS_UNSUPPORTED;
  EXPECT_STATUS(sent, punktfunk_connection_send_pen(c, pen, PUNKTFUNK_PEN_BATCH_MAX));
  EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG, punktfunk_connection_send_pen(c, pen, 0));
  EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG,
                punktfunk_connection_send_pen(c, pen, PUNKTFUNK_PEN_BATCH_MAX + 1));
  pen[1].state = 16;
  EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG, punktfunk_connection_send_pen(c, pen, 2));
  pen[1].state = 0;
  pen[0].x = (float)HUGE_VAL;
  EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG, punktfunk_connection_send_pen(c, pen, 2));
}

/* ---- The stories -------------------------------------------------------------------------------
 */

/* timings: the other plane, on a thread of its own until the end. */
static void* pull_timings(void* c) {
  PunktfunkHostTiming timing;
  long count = 0;
  int32_t status = PUNKTFUNK_STATUS_OK;
  while (status != PUNKTFUNK_STATUS_CLOSED && count < 100000) {
    status = punktfunk_connection_next_host_timing(c, &timing, 200);
    EXPECT(status == PUNKTFUNK_STATUS_OK || status == PUNKTFUNK_STATUS_NO_FRAME ||
           status == PUNKTFUNK_STATUS_CLOSED);
    if (status == PUNKTFUNK_STATUS_OK) {
      EXPECT(timing.pts_ns > 0 && timing.host_us > 0);
      ++count;
    }
  }
  EXPECT(count > 0);
  return NULL;
}

/* stream PIN: pairs, connects pinned, and does all that a session is for. */
static void stream(const char* pin) {
  static struct device device;
  make_device(&device);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_probe(host, port, kPatienceMs));
  uint8_t paired_with[32], observed[32];
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_pair(host, port, device.certificate, device.key, pin,
                                                    "a C program", paired_with, kPatienceMs));
  int32_t status = 1;
  PunktfunkConnection* c = connect_as(&device, paired_with, observed, kPatienceMs, &status);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, status);
  EXPECT(c != NULL);
  if (c == NULL) return;
  EXPECT(memcmp(paired_with, observed, sizeof observed) == 0);
  getters_tell_what_was_agreed(c);
  pthread_t timings;
  pthread_create(&timings, NULL, pull_timings, c);
  pull_frames(c);
  the_clocks_agree(c);
  a_key_frame_comes_when_asked_for(c);
  the_mode_changes_when_asked_for(c);
  everything_may_be_sent(c);
  the_way_can_be_measured(c);
  sound_pads_and_pens(c);
  next_frame(c);
  punktfunk_connection_disconnect_quit(c);
  punktfunk_connection_close(c); /* the other thread still pulls: it is told */
  pthread_join(timings, NULL);
  PunktfunkFrame frame;
  EXPECT_STATUS(PUNKTFUNK_STATUS_CLOSED, punktfunk_connection_next_au(c, &frame, 0));
  punktfunk_connection_close(c);
}

/* wrong-pin PIN: one that the host does not show. */
static void wrong_pin(const char* pin) {
  static struct device device;
  make_device(&device);
  uint8_t paired_with[32];
  EXPECT_STATUS(PUNKTFUNK_STATUS_CRYPTO, punktfunk_pair(host, port, device.certificate, device.key,
                                                        pin, NULL, paired_with, kPatienceMs));
}

/* unpaired: a host that shows no PIN and takes no strangers. */
static void unpaired(void) {
  static struct device device;
  make_device(&device);
  uint8_t paired_with[32];
  EXPECT_STATUS(PUNKTFUNK_STATUS_REJECTED_NOT_ARMED,
                punktfunk_pair(host, port, device.certificate, device.key, "1234", NULL,
                               paired_with, kPatienceMs));
  int32_t status = 1;
  EXPECT(connect_as(NULL, NULL, NULL, kPatienceMs, &status) == NULL);
  EXPECT_STATUS(PUNKTFUNK_STATUS_REJECTED_IDENTITY_REQUIRED, status);
  uint8_t pin[32] = {1, 2, 3};
  EXPECT(connect_as(&device, pin, NULL, kPatienceMs, &status) == NULL);
  EXPECT_STATUS(PUNKTFUNK_STATUS_CRYPTO, status);
  /* Nobody approves: it waits, and then it has waited long enough. */
  EXPECT(connect_as(&device, NULL, NULL, 1500, &status) == NULL);
  EXPECT_STATUS(PUNKTFUNK_STATUS_TIMEOUT, status);
}

/* unreachable: nobody listens at that port. */
static void unreachable(void) {
  static struct device device;
  make_device(&device);
  uint8_t paired_with[32];
  int32_t status = 1;
  EXPECT_STATUS(PUNKTFUNK_STATUS_TIMEOUT, punktfunk_probe(host, port, 300));
  EXPECT(connect_as(NULL, NULL, NULL, 300, &status) == NULL);
  EXPECT_STATUS(PUNKTFUNK_STATUS_TIMEOUT, status);
  EXPECT_STATUS(PUNKTFUNK_STATUS_TIMEOUT, punktfunk_pair(host, port, device.certificate, device.key,
                                                         "1234", NULL, paired_with, 300));
  EXPECT_STATUS(PUNKTFUNK_STATUS_IO, punktfunk_probe("no such host.invalid", port, 300));
}

struct puller {
  PunktfunkConnection* c;
  int32_t status;
};
static void* pull_until_the_end(void* argument) {
  struct puller* puller = argument;
  PunktfunkFrame frame;
  do {
    puller->status = punktfunk_connection_next_au(puller->c, &frame, kPatienceMs);
  } while (puller->status == PUNKTFUNK_STATUS_OK || puller->status == PUNKTFUNK_STATUS_NO_FRAME);
  return NULL;
}

/* threads FINGERPRINT: an open host. One thread closes under the hands of others. */
static void threads(const char* fingerprint) {
  uint8_t expected[32], observed[32];
  EXPECT(bytes_of_hex(fingerprint, expected, sizeof expected));
  for (int round = 0; round < 3; ++round) {
    struct puller one, other;
    int32_t status = 1;
    one.c = other.c = connect_as(NULL, expected, observed, kPatienceMs, &status);
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK, status);
    if (one.c == NULL) return;
    EXPECT(memcmp(expected, observed, sizeof observed) == 0);
    pthread_t first, second;
    pthread_create(&first, NULL, pull_until_the_end, &one);
    pthread_create(&second, NULL, pull_until_the_end, &other); /* waits for its turn */
    pause_ms(100 * round);
    for (int i = 0; i < 100; ++i) punktfunk_connection_request_keyframe(one.c);
    punktfunk_connection_close(one.c);
    pthread_join(first, NULL);
    pthread_join(second, NULL);
    EXPECT(one.status == PUNKTFUNK_STATUS_CLOSED && other.status == PUNKTFUNK_STATUS_CLOSED);
  }
}

/* sound: an open host that sends a tone of 440 Hz on the left. */
static void sound(void) {
  int32_t status = 1;
  PunktfunkConnection* c = connect_as(NULL, NULL, NULL, kPatienceMs, &status);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, status);
  if (c == NULL) return;
  PunktfunkAudioPcm pcm;
  memset(&pcm, 0, sizeof pcm);
  EXPECT_STATUS(PUNKTFUNK_STATUS_NO_FRAME, punktfunk_connection_audio_plc(c, &pcm));
  EXPECT_STATUS(PUNKTFUNK_STATUS_NULL_POINTER, punktfunk_connection_next_audio_pcm(c, NULL, 0));
  uint32_t rate = 0, last_seq = 0;
  uint8_t channels = 0;
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_audio_sample_rate(c, &rate));
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_audio_channels(c, &channels));
  EXPECT(rate == 48000 && channels == 2);

  /* A second of it: as often as it crosses zero upwards, so many Hz it has. */
  uint64_t last_pts = 0;
  uint32_t heard = 0, crossings = 0;
  float before = 0, loudest = 0;
  for (int packets = 0; heard < rate && failures == 0; ++packets) {
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_next_audio_pcm(c, &pcm, kPatienceMs));
    if (failures != 0) break;
    EXPECT(pcm.channels == channels && pcm.frame_count >= 240);
    EXPECT(packets == 0 || (pcm.seq - last_seq > 0 && pcm.pts_ns > last_pts));
    last_seq = pcm.seq;
    last_pts = pcm.pts_ns;
    if (packets < 20) continue; /* the decoder settles */
    for (uint32_t i = 0; i < pcm.frame_count; ++i) {
      const float left = pcm.samples[i * channels];
      if (before < 0 && left >= 0) ++crossings;
      if (left > loudest) loudest = left;
      before = left;
    }
    heard += pcm.frame_count;
  }
  EXPECT(crossings >= 435 && crossings <= 450);
  EXPECT(loudest > 0.2f && loudest < 0.3f);

  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_audio_plc(c, &pcm));
  EXPECT(pcm.frame_count == 240 && pcm.channels == 2 && pcm.seq == 0 && pcm.pts_ns == 0);
  EXPECT_STATUS(PUNKTFUNK_STATUS_NULL_POINTER, punktfunk_connection_audio_plc(c, NULL));
  punktfunk_connection_close(c);
  EXPECT_STATUS(PUNKTFUNK_STATUS_CLOSED, punktfunk_connection_next_audio_pcm(c, &pcm, 0));
}

/* ended: an open host that ends the session while it runs. */
static void ended(void) {
  int32_t status = 1;
  struct puller puller;
  puller.c = connect_as(NULL, NULL, NULL, kPatienceMs, &status);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, status);
  if (puller.c == NULL) return;
  next_frame(puller.c);
  printf("streaming\n");
  fflush(stdout);
  pull_until_the_end(&puller);
  EXPECT_STATUS(PUNKTFUNK_STATUS_CLOSED, puller.status);
  uint8_t reason = 0;
  int32_t reject = 1;
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_end_reason(puller.c, &reason));
  EXPECT(reason == PUNKTFUNK_END_REASON_HOST_ENDED);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_end_reject(puller.c, &reject));
  EXPECT(reject == 0);
  EXPECT_STATUS(PUNKTFUNK_STATUS_CLOSED, punktfunk_connection_request_keyframe(puller.c));
  uint32_t width = 0;
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_connection_mode(puller.c, &width, NULL, NULL));
  EXPECT(width == 640);
  punktfunk_connection_close(puller.c);
}

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  host = argv[2];
  port = (uint16_t)atoi(argv[3]);
  const char* further = argc > 4 ? argv[4] : "";
  if (strcmp(argv[1], "stream") == 0) {
    stream(further);
  } else if (strcmp(argv[1], "wrong-pin") == 0) {
    wrong_pin(further);
  } else if (strcmp(argv[1], "unpaired") == 0) {
    unpaired();
  } else if (strcmp(argv[1], "unreachable") == 0) {
    unreachable();
  } else if (strcmp(argv[1], "threads") == 0) {
    threads(further);
  } else if (strcmp(argv[1], "sound") == 0) {
    sound();
  } else if (strcmp(argv[1], "ended") == 0) {
    ended();
  } else {
    return 2;
  }
  if (failures > 0) fprintf(stderr, "%d expectations failed\n", failures);
  return failures > 0 ? 1 : 0;
}
