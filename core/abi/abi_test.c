/* The library as a C99 program sees it: whole round trips with losses, bad input, use after close.
 */
#define _POSIX_C_SOURCE 200112L
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "abi_testing.h"
#include "punktfunk_core.h"

enum { kHost = 0, kClient = 1 };

static PunktfunkConfig config_of(uint32_t role) {
  PunktfunkConfig config;
  memset(&config, 0, sizeof config);
  config.struct_size = sizeof config;
  config.role = role;
  config.phase = 1;
  config.fec_scheme = 1;
  config.fec_percent = 20;
  config.max_data_per_block = 100;
  config.shard_payload = 1024;
  config.encrypt = 1;
  memset(config.key, 7, sizeof config.key);
  memset(config.salt, 200, sizeof config.salt);
  config.max_frame_bytes = 1 << 20;
  return config;
}

static void fill(uint8_t* bytes, size_t count, unsigned seed) {
  uint32_t state = seed * 2654435761u + 1;
  for (size_t i = 0; i < count; ++i) {
    state = state * 1664525u + 1013904223u;
    bytes[i] = (uint8_t)(state >> 24);
  }
}

/* ---- A transport of our own: a queue of datagrams that loses, repeats and swaps. ----------------
 */

enum { kSlots = 4096 };
struct pipe_end {
  struct datagram {
    uint32_t bytes;
    uint8_t content[2048];
  } * slots;
  uint32_t written, read;
  uint32_t lose_every, repeat_every, swap_every, seen;
};

static void put(struct pipe_end* pipe, const uint8_t* bytes, uint32_t count) {
  struct datagram* slot = &pipe->slots[pipe->written++ % kSlots];
  slot->bytes = count;
  memcpy(slot->content, bytes, count);
}

static int32_t pipe_send(const uint8_t* packets, uint32_t count, uint32_t bytes, void* user) {
  struct pipe_end* pipe = user;
  for (uint32_t i = 0; i < count; ++i) {
    const uint8_t* packet = packets + (size_t)i * bytes;
    const uint32_t number = ++pipe->seen;
    if (pipe->written - pipe->read >= kSlots - 1) return (int32_t)i;
    if (pipe->lose_every != 0 && number % pipe->lose_every == 0) continue;
    put(pipe, packet, bytes);
    if (pipe->repeat_every != 0 && number % pipe->repeat_every == 0) put(pipe, packet, bytes);
    if (pipe->swap_every != 0 && number % pipe->swap_every == 0 &&
        pipe->written - pipe->read >= 2) {
      struct datagram* one = &pipe->slots[(pipe->written - 1) % kSlots];
      struct datagram* other = &pipe->slots[(pipe->written - 2) % kSlots];
      const struct datagram kept = *one;
      *one = *other;
      *other = kept;
    }
  }
  return (int32_t)count;
}

static int32_t pipe_receive(uint8_t* into, uint32_t capacity, void* user) {
  struct pipe_end* pipe = user;
  if (pipe->read == pipe->written) return 0;
  const struct datagram* slot = &pipe->slots[pipe->read++ % kSlots];
  if (slot->bytes > capacity) return 0;
  memcpy(into, slot->content, slot->bytes);
  return (int32_t)slot->bytes;
}

/* Both directions, and the two users of a session: what it sends goes into `out`. */
struct wire {
  struct pipe_end down, up;
};
struct user {
  struct pipe_end *out, *in;
};
static int32_t user_send(const uint8_t* packets, uint32_t count, uint32_t bytes, void* user) {
  return pipe_send(packets, count, bytes, ((struct user*)user)->out);
}
static int32_t user_receive(uint8_t* into, uint32_t capacity, void* user) {
  return pipe_receive(into, capacity, ((struct user*)user)->in);
}

static struct wire make_wire(void) {
  struct wire wire;
  memset(&wire, 0, sizeof wire);
  wire.down.slots = malloc(kSlots * sizeof *wire.down.slots);
  wire.up.slots = malloc(kSlots * sizeof *wire.up.slots);
  return wire;
}
static void free_wire(struct wire* wire) {
  free(wire->down.slots);
  free(wire->up.slots);
}

static PunktfunkTransport transport_of(void* user) {
  PunktfunkTransport transport;
  memset(&transport, 0, sizeof transport);
  transport.struct_size = sizeof transport;
  transport.send = user_send;
  transport.receive = user_receive;
  transport.user = user;
  return transport;
}

static PunktfunkSession* open_over(uint32_t role, uint32_t fec_scheme, struct user* user) {
  PunktfunkConfig config = config_of(role);
  config.fec_scheme = fec_scheme;
  const PunktfunkTransport transport = transport_of(user);
  PunktfunkSession* session = NULL;
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK,
                punktfunk_session_new_with_transport(&config, &transport, &session));
  return session;
}

/* ---- Round trips --------------------------------------------------------------------------------
 */

static void expect_frame(PunktfunkSession* client, const uint8_t* sent, size_t bytes,
                         uint32_t index) {
  PunktfunkFrame frame;
  int32_t status = PUNKTFUNK_STATUS_NO_FRAME;
  for (int tries = 0; tries < 2000 && status == PUNKTFUNK_STATUS_NO_FRAME; ++tries) {
    status = punktfunk_client_poll_frame(client, &frame);
    if (status == PUNKTFUNK_STATUS_NO_FRAME) {
      struct timespec pause = {0, 1000000};
      nanosleep(&pause, NULL);
    }
  }
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, status);
  if (status != PUNKTFUNK_STATUS_OK) return;
  EXPECT(frame.len == bytes);
  EXPECT(frame.len == bytes && memcmp(frame.data, sent, bytes) == 0);
  EXPECT(frame.frame_index == index);
  EXPECT(frame.pts_ns == 1000u + index);
  EXPECT(frame.flags == (index == 0 ? 5u : 1u));
  EXPECT(frame.received_ns > 1500000000000000000u); /* the clock of the wall: later than 2017 */
}

static void stream(PunktfunkSession* host, PunktfunkSession* client) {
  static const size_t kSizes[] = {1, 0, 1023, 1024, 1025, 60000, 102400, 102401, 250001, 400000};
  enum { kFrames = sizeof kSizes / sizeof *kSizes };
  uint8_t* picture = malloc(400000);
  for (uint32_t i = 0; i < kFrames; ++i) {
    fill(picture, kSizes[i], i);
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK,
                  punktfunk_host_submit_frame(host, picture, kSizes[i], 1000 + i, i == 0 ? 5 : 1));
    expect_frame(client, picture, kSizes[i], i);
  }
  free(picture);
  PunktfunkStats stats;
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_get_stats(host, &stats));
  EXPECT(stats.frames_submitted == kFrames);
  EXPECT(stats.packets_sent > 800 && stats.bytes_sent > 800000);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_get_stats(client, &stats));
  EXPECT(stats.frames_completed == kFrames && stats.frames_dropped == 0);
}

struct events {
  PunktfunkInputEvent last;
  int count;
};
static void on_input(const PunktfunkInputEvent* event, void* user) {
  struct events* events = user;
  events->last = *event;
  ++events->count;
}

static void input(PunktfunkSession* host, PunktfunkSession* client) {
  struct events events;
  memset(&events, 0, sizeof events);
  PunktfunkInputEvent event;
  memset(&event, 0, sizeof event);
  event.kind = PUNKTFUNK_INPUT_KIND_MOUSE_MOVE;
  event.x = -3;
  event.y = 70000;
  event.code = 0xFFFFFFFFu;
  event.flags = 0x80000001u;
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_set_input_callback(host, on_input, &events));
  for (int i = 0; i < 3; ++i)
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_send_input(client, &event));
  int32_t polled = 0;
  for (int tries = 0; tries < 2000 && polled < 3; ++tries) {
    const int32_t now = punktfunk_host_poll_input(host);
    EXPECT(now >= 0);
    polled += now;
    struct timespec pause = {0, 1000000};
    if (polled < 3) nanosleep(&pause, NULL);
  }
  EXPECT(polled == 3 && events.count == 3);
  EXPECT(memcmp(&events.last, &event, sizeof event) == 0);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_set_input_callback(host, NULL, NULL));
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_send_input(client, &event));
  EXPECT(events.count == 3);
}

static void round_trip_over_a_lossy_transport(uint32_t fec_scheme) {
  struct wire wire = make_wire();
  wire.down.lose_every = 9;
  wire.down.repeat_every = 13;
  wire.down.swap_every = 7;
  struct user at_host = {&wire.down, &wire.up}, at_client = {&wire.up, &wire.down};
  PunktfunkSession* host = open_over(kHost, fec_scheme, &at_host);
  PunktfunkSession* client = open_over(kClient, fec_scheme, &at_client);
  stream(host, client);
  input(host, client);
  PunktfunkStats stats;
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_get_stats(client, &stats));
  EXPECT(stats.fec_recovered_shards > 0); /* the lost ones */
  EXPECT(stats.packets_dropped > 0);      /* the repeated ones */
  punktfunk_session_free(host);
  punktfunk_session_free(client);
  free_wire(&wire);
}

static void round_trip_over_the_loopback_pair(void) {
  for (uint32_t i = 0; i < 4; ++i) {
    const uint32_t encrypt = i % 2, fec_scheme = i / 2;
    PunktfunkConfig host_config = config_of(kHost), client_config = config_of(kClient);
    host_config.fec_scheme = client_config.fec_scheme = fec_scheme;
    host_config.loopback_drop_period = 8;
    host_config.encrypt = client_config.encrypt = encrypt;
    PunktfunkSession *host = NULL, *client = NULL;
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK,
                  punktfunk_test_loopback_pair(&host_config, &client_config, &host, &client));
    stream(host, client);
    input(host, client);
    punktfunk_session_free(client);
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_host_submit_frame(host, NULL, 0, 0, 1));
    punktfunk_session_free(host);
  }
}

static int free_ports(char host[32], char client[32]) {
  char* const texts[2] = {host, client};
  int sockets[2];
  for (int i = 0; i < 2; ++i) {
    struct sockaddr_in address;
    socklen_t bytes = sizeof address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(sockets[i], (struct sockaddr*)&address, sizeof address) != 0) return 0;
    getsockname(sockets[i], (struct sockaddr*)&address, &bytes);
    snprintf(texts[i], 32, "127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
  }
  close(sockets[0]);
  close(sockets[1]);
  return 1;
}

static void round_trip_over_udp(void) {
  char at_host[32], at_client[32];
  EXPECT(free_ports(at_host, at_client));
  const PunktfunkConfig host_config = config_of(kHost), client_config = config_of(kClient);
  PunktfunkSession* host = punktfunk_session_new(&host_config, at_host, at_client);
  PunktfunkSession* client = punktfunk_session_new(&client_config, at_client, at_host);
  EXPECT(host != NULL && client != NULL);
  EXPECT(punktfunk_session_new(&client_config, at_client, at_host) == NULL); /* taken */
  stream(host, client);
  input(host, client);
  punktfunk_session_free(host);
  punktfunk_session_free(client);
}

/* ---- Bad input ----------------------------------------------------------------------------------
 */

static void null_everywhere(void) {
  const PunktfunkConfig config = config_of(kHost);
  PunktfunkConfig client_config = config_of(kClient);
  struct wire wire = make_wire();
  struct user user = {&wire.down, &wire.up};
  PunktfunkTransport transport = transport_of(&user);
  PunktfunkSession *host = NULL, *client = NULL;
  const int32_t null = PUNKTFUNK_STATUS_NULL_POINTER;

  punktfunk_session_free(NULL);
  EXPECT(punktfunk_session_new(NULL, "127.0.0.1:0", "127.0.0.1:9") == NULL);
  EXPECT(punktfunk_session_new(&config, NULL, "127.0.0.1:9") == NULL);
  EXPECT(punktfunk_session_new(&config, "127.0.0.1:0", NULL) == NULL);
  EXPECT_STATUS(null, punktfunk_session_new_with_transport(NULL, &transport, &host));
  EXPECT_STATUS(null, punktfunk_session_new_with_transport(&config, NULL, &host));
  EXPECT_STATUS(null, punktfunk_session_new_with_transport(&config, &transport, NULL));
  transport.send = NULL;
  EXPECT_STATUS(null, punktfunk_session_new_with_transport(&config, &transport, &host));
  EXPECT_STATUS(null, punktfunk_test_loopback_pair(NULL, &client_config, &host, &client));
  EXPECT_STATUS(null, punktfunk_test_loopback_pair(&config, NULL, &host, &client));
  EXPECT_STATUS(null, punktfunk_test_loopback_pair(&config, &client_config, NULL, &client));
  EXPECT_STATUS(null, punktfunk_test_loopback_pair(&config, &client_config, &host, NULL));
  EXPECT(host == NULL && client == NULL);

  const uint8_t macs[12] = {0};
  EXPECT_STATUS(null, punktfunk_wake_on_lan(NULL, 1, NULL));
  EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG, punktfunk_wake_on_lan(macs, 0, NULL));
  EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG, punktfunk_wake_on_lan(macs, UINTPTR_MAX, NULL));
  EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG, punktfunk_wake_on_lan(macs, 2, "a.name"));
  EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG, punktfunk_wake_on_lan(macs, 2, "192.0.2.1:9"));

  PunktfunkFrame frame;
  PunktfunkStats stats;
  PunktfunkInputEvent event;
  memset(&event, 0, sizeof event);
  EXPECT_STATUS(null, punktfunk_host_submit_frame(NULL, (const uint8_t*)"x", 1, 0, 1));
  EXPECT_STATUS(null, punktfunk_client_poll_frame(NULL, &frame));
  EXPECT_STATUS(null, punktfunk_send_input(NULL, &event));
  EXPECT_STATUS(null, punktfunk_set_input_callback(NULL, on_input, NULL));
  EXPECT_STATUS(null, punktfunk_host_poll_input(NULL));
  EXPECT_STATUS(null, punktfunk_get_stats(NULL, &stats));

  EXPECT_STATUS(PUNKTFUNK_STATUS_OK,
                punktfunk_test_loopback_pair(&config, &client_config, &host, &client));
  EXPECT_STATUS(null, punktfunk_host_submit_frame(host, NULL, 1, 0, 1));
  EXPECT_STATUS(null, punktfunk_client_poll_frame(client, NULL));
  EXPECT_STATUS(null, punktfunk_send_input(client, NULL));
  EXPECT_STATUS(null, punktfunk_get_stats(client, NULL));
  punktfunk_session_free(host);
  punktfunk_session_free(client);
  free_wire(&wire);
}

static void expect_refused(int32_t status, const PunktfunkConfig* config) {
  struct wire wire = make_wire();
  struct user user = {&wire.down, &wire.up};
  const PunktfunkTransport transport = transport_of(&user);
  PunktfunkSession* session = (PunktfunkSession*)1;
  EXPECT_STATUS(status, punktfunk_session_new_with_transport(config, &transport, &session));
  EXPECT(session == NULL);
  free_wire(&wire);
}

static void lying_configs(void) {
  const int32_t invalid = PUNKTFUNK_STATUS_INVALID_ARG;
  PunktfunkConfig config;
#define LIE(field, lie)                               \
  do {                                                \
    config = config_of(kHost);                        \
    config.field = (lie);                             \
    expect_refused(invalid, &config);                 \
    config.role = config.role == 0 ? 1 : config.role; \
    expect_refused(invalid, &config);                 \
  } while (0)
  LIE(struct_size, 0);
  LIE(struct_size, 56); /* from before max_frame_bytes */
  LIE(struct_size, 72); /* from a version to come */
  LIE(struct_size, 0xFFFFFFFFu);
  LIE(role, 2);
  LIE(phase, 0);
  LIE(phase, 3);
  LIE(fec_scheme, 2);
  LIE(fec_percent, 91);
  LIE(fec_percent, 256 + 20);
  LIE(max_data_per_block, 0);
  LIE(max_data_per_block, 65536);
  LIE(shard_payload, 0);
  LIE(shard_payload, 1023);
  LIE(shard_payload, 9154);
  LIE(shard_payload, 65536 + 1024);
  LIE(max_frame_bytes, 0);
  LIE(max_frame_bytes, (64u << 20) + 1);
  LIE(max_frame_bytes, (UINT64_C(1) << 32) + 1000);
#undef LIE
  config = config_of(kHost);
  memset(config.key, 0, sizeof config.key);
  expect_refused(invalid, &config);
  config.encrypt = 1;
  config.shard_payload = 2;
  config.max_frame_bytes = 64u << 20; /* packets of this would take 4 GB */
  expect_refused(invalid, &config);
  config = config_of(kClient);
  config.fec_scheme = 0;
  config.max_data_per_block = 256; /* the field has 255 points for a block */
  expect_refused(invalid, &config);

  struct user user = {NULL, NULL};
  PunktfunkTransport transport = transport_of(&user);
  PunktfunkSession* session = NULL;
  config = config_of(kHost);
  transport.struct_size = 8; /* older than the first version */
  EXPECT_STATUS(invalid, punktfunk_session_new_with_transport(&config, &transport, &session));
  transport.struct_size = sizeof transport + 64; /* newer: the rest is not looked at */
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK,
                punktfunk_session_new_with_transport(&config, &transport, &session));
  punktfunk_session_free(session);
}

static void extreme_configs_work(void) {
  static const struct {
    uint32_t scheme, shard, block, percent, frame;
  } kShapes[] = {{1, 512, 1, 90, 1 << 20},        {1, 2, 65535, 0, 200000},
                 {1, 9152, 65535, 90, 64u << 20}, {1, 1024, 40000, 50, 1 << 20},
                 {1, 64, 32768, 90, 1 << 20},     {1, 512, 1, 0, 1 << 20},
                 {0, 512, 1, 90, 1 << 20},        {0, 2, 255, 0, 200000},
                 {0, 9152, 255, 90, 64u << 20},   {0, 64, 134, 90, 1 << 20}};
  uint8_t picture[4000];
  fill(picture, sizeof picture, 5);
  for (size_t i = 0; i < sizeof kShapes / sizeof *kShapes; ++i) {
    PunktfunkConfig configs[2] = {config_of(kHost), config_of(kClient)};
    for (int role = 0; role < 2; ++role) {
      configs[role].fec_scheme = kShapes[i].scheme;
      configs[role].shard_payload = kShapes[i].shard;
      configs[role].max_data_per_block = kShapes[i].block;
      configs[role].fec_percent = kShapes[i].percent;
      configs[role].max_frame_bytes = kShapes[i].frame;
    }
    PunktfunkSession *host = NULL, *client = NULL;
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK,
                  punktfunk_test_loopback_pair(&configs[0], &configs[1], &host, &client));
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK,
                  punktfunk_host_submit_frame(host, picture, sizeof picture, 1000, 5));
    expect_frame(client, picture, sizeof picture, 0);
    punktfunk_session_free(host);
    punktfunk_session_free(client);
  }
}

static void addresses(void) {
  const PunktfunkConfig config = config_of(kHost);
  static const char* const kBad[] = {
      "",          "127.0.0.1",   "localhost:9777", "127.0.0.1:99999",
      "[::1:9777", "1.2.3.4.5:6", "::1:9777",       "127.0.0.1:9777 "};
  for (size_t i = 0; i < sizeof kBad / sizeof *kBad; ++i) {
    EXPECT(punktfunk_session_new(&config, kBad[i], "127.0.0.1:9") == NULL);
    EXPECT(punktfunk_session_new(&config, "127.0.0.1:0", kBad[i]) == NULL);
  }
  EXPECT(punktfunk_session_new(&config, "127.0.0.1:0", "127.0.0.1:0") == NULL); /* to nobody */
  EXPECT(punktfunk_session_new(&config, "127.0.0.1:0", "[::1]:9") == NULL);     /* two families */
  EXPECT(punktfunk_session_new(&config, "192.0.2.1:0", "192.0.2.2:9") == NULL); /* not ours */
}

static void wrong_calls(void) {
  const PunktfunkConfig host_config = config_of(kHost), client_config = config_of(kClient);
  const int32_t invalid = PUNKTFUNK_STATUS_INVALID_ARG;
  PunktfunkSession *host = NULL, *client = NULL;
  PunktfunkFrame frame;
  PunktfunkInputEvent event;
  memset(&event, 0, sizeof event);
  EXPECT_STATUS(invalid,
                punktfunk_test_loopback_pair(&client_config, &host_config, &host, &client));
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK,
                punktfunk_test_loopback_pair(&host_config, &client_config, &host, &client));
  EXPECT_STATUS(PUNKTFUNK_STATUS_NO_FRAME, punktfunk_client_poll_frame(client, &frame));
  EXPECT_STATUS(0, punktfunk_host_poll_input(host));
  EXPECT_STATUS(invalid, punktfunk_client_poll_frame(host, &frame));
  EXPECT_STATUS(invalid, punktfunk_send_input(host, &event));
  EXPECT_STATUS(invalid, punktfunk_host_submit_frame(client, (const uint8_t*)"x", 1, 0, 1));
  EXPECT_STATUS(invalid, punktfunk_host_poll_input(client));
  EXPECT_STATUS(invalid, punktfunk_set_input_callback(client, on_input, NULL));
  event.kind = 16;
  EXPECT_STATUS(invalid, punktfunk_send_input(client, &event));
  event.kind = 255;
  EXPECT_STATUS(invalid, punktfunk_send_input(client, &event));
  /* Sizes that lie: refused before a byte is read. */
  EXPECT_STATUS(invalid,
                punktfunk_host_submit_frame(host, (const uint8_t*)"x", (1 << 20) + 1, 0, 1));
  EXPECT_STATUS(invalid, punktfunk_host_submit_frame(host, (const uint8_t*)"x", UINTPTR_MAX, 0, 1));

  punktfunk_session_free(host);
  EXPECT_STATUS(PUNKTFUNK_STATUS_CLOSED, punktfunk_host_submit_frame(host, NULL, 0, 0, 1));
  EXPECT_STATUS(PUNKTFUNK_STATUS_CLOSED, punktfunk_host_poll_input(host));
  punktfunk_session_free(host);
  punktfunk_session_free(client);
  EXPECT_STATUS(PUNKTFUNK_STATUS_CLOSED, punktfunk_client_poll_frame(client, &frame));
  EXPECT_STATUS(PUNKTFUNK_STATUS_CLOSED, punktfunk_send_input(client, &event));
  int elsewhere = 0;
  EXPECT_STATUS(invalid, punktfunk_client_poll_frame((PunktfunkSession*)&elsewhere, &frame));
  punktfunk_session_free((PunktfunkSession*)&elsewhere);
}

/* Whoever lacks the key, or sends the other way, is not heard. */
static void wrong_keys(void) {
  for (int what = 0; what < 3; ++what) {
    PunktfunkConfig host_config = config_of(kHost), client_config = config_of(kClient);
    if (what == 0) host_config.key[3] ^= 1;
    if (what == 1) host_config.salt[3] ^= 1;
    if (what == 2) host_config.encrypt = 0;
    PunktfunkSession *host = NULL, *client = NULL;
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK,
                  punktfunk_test_loopback_pair(&host_config, &client_config, &host, &client));
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK,
                  punktfunk_host_submit_frame(host, (const uint8_t*)"secret", 6, 0, 5));
    PunktfunkFrame frame;
    EXPECT_STATUS(PUNKTFUNK_STATUS_NO_FRAME, punktfunk_client_poll_frame(client, &frame));
    PunktfunkStats stats;
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_get_stats(client, &stats));
    EXPECT(stats.packets_received == 2 && stats.packets_dropped == 2 &&
           stats.frames_completed == 0);
    punktfunk_session_free(host);
    punktfunk_session_free(client);
  }
  /* A host that hears its own packets. */
  struct wire wire = make_wire();
  struct user echo = {&wire.down, &wire.down};
  PunktfunkSession* host = open_over(kHost, 1, &echo);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK,
                punktfunk_host_submit_frame(host, (const uint8_t*)"mirror", 6, 0, 5));
  EXPECT_STATUS(0, punktfunk_host_poll_input(host));
  punktfunk_session_free(host);
  free_wire(&wire);
}

/* ---- Transports that misbehave ------------------------------------------------------------------
 */

struct odd {
  int32_t send, receive;
  PunktfunkSession* session;
  int32_t nested;
};
static int32_t odd_send(const uint8_t* packets, uint32_t count, uint32_t bytes, void* user) {
  struct odd* odd = user;
  (void)packets, (void)count, (void)bytes;
  if (odd->session != NULL) odd->nested = punktfunk_host_submit_frame(odd->session, NULL, 0, 0, 1);
  return odd->send;
}
static int32_t odd_receive(uint8_t* into, uint32_t capacity, void* user) {
  struct odd* odd = user;
  memset(into, 0, capacity);
  return odd->receive;
}

static void odd_transports(void) {
  static const struct odd kOdds[] = {{-1, -1, NULL, 0},
                                     {INT32_MAX, INT32_MAX, NULL, 0},
                                     {INT32_MIN, INT32_MIN, NULL, 0},
                                     {0, 9217, NULL, 0},
                                     {1, 9216, NULL, 0}};
  for (size_t i = 0; i < sizeof kOdds / sizeof *kOdds; ++i) {
    struct odd odd = kOdds[i];
    PunktfunkTransport transport = transport_of(&odd);
    transport.send = odd_send;
    transport.receive = odd_receive;
    PunktfunkSession* sessions[2] = {NULL, NULL};
    for (uint32_t role = 0; role < 2; ++role) {
      const PunktfunkConfig config = config_of(role);
      EXPECT_STATUS(PUNKTFUNK_STATUS_OK,
                    punktfunk_session_new_with_transport(&config, &transport, &sessions[role]));
    }
    PunktfunkFrame frame;
    PunktfunkStats stats;
    const int broken = odd.receive < 0 || odd.receive > 9216;
    EXPECT_STATUS(odd.send < 0 ? PUNKTFUNK_STATUS_IO : PUNKTFUNK_STATUS_OK,
                  punktfunk_host_submit_frame(sessions[0], (const uint8_t*)"x", 1, 0, 1));
    EXPECT_STATUS(broken ? PUNKTFUNK_STATUS_IO : PUNKTFUNK_STATUS_NO_FRAME,
                  punktfunk_client_poll_frame(sessions[1], &frame));
    EXPECT_STATUS(broken ? PUNKTFUNK_STATUS_IO : 0, punktfunk_host_poll_input(sessions[0]));
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_get_stats(sessions[0], &stats));
    EXPECT(stats.packets_sent + stats.packets_send_dropped == 2);
    odd.session = sessions[0];
    punktfunk_host_submit_frame(sessions[0], (const uint8_t*)"x", 1, 0, 1);
    EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG, odd.nested); /* it called back into its plane */
    punktfunk_session_free(sessions[0]);
    punktfunk_session_free(sessions[1]);
  }
}

static void free_in_a_callback(const PunktfunkInputEvent* event, void* user) {
  (void)event;
  punktfunk_session_free(*(PunktfunkSession**)user);
}

static void a_session_may_be_freed_by_its_own_callback(void) {
  const PunktfunkConfig host_config = config_of(kHost), client_config = config_of(kClient);
  PunktfunkSession *host = NULL, *client = NULL;
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK,
                punktfunk_test_loopback_pair(&host_config, &client_config, &host, &client));
  PunktfunkInputEvent event;
  memset(&event, 0, sizeof event);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_send_input(client, &event));
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_set_input_callback(host, free_in_a_callback, &host));
  EXPECT_STATUS(1, punktfunk_host_poll_input(host));
  EXPECT_STATUS(PUNKTFUNK_STATUS_CLOSED, punktfunk_host_poll_input(host));
  punktfunk_session_free(client);
}

/* ---- Threads ------------------------------------------------------------------------------------
 */

struct shared {
  PunktfunkSession *host, *client;
  int frames;
};

static void* submit_and_send(void* user) {
  struct shared* shared = user;
  uint8_t picture[10000];
  PunktfunkInputEvent event;
  memset(&event, 0, sizeof event);
  fill(picture, sizeof picture, 1);
  for (int i = 0; i < shared->frames; ++i) {
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK,
                  punktfunk_host_submit_frame(shared->host, picture, sizeof picture, 0, 1));
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_send_input(shared->client, &event));
  }
  return NULL;
}

static void* poll_both(void* user) {
  struct shared* shared = user;
  int32_t frames = 0, events = 0;
  struct timespec pause = {0, 1000000};
  for (int tries = 0; tries < 5000 && (frames < shared->frames || events < shared->frames);
       ++tries) {
    PunktfunkFrame frame;
    PunktfunkStats stats;
    int32_t status;
    while ((status = punktfunk_client_poll_frame(shared->client, &frame)) == PUNKTFUNK_STATUS_OK) {
      EXPECT(frame.len == 10000);
      ++frames;
    }
    EXPECT_STATUS(PUNKTFUNK_STATUS_NO_FRAME, status);
    const int32_t polled = punktfunk_host_poll_input(shared->host);
    EXPECT(polled >= 0);
    events += polled;
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_get_stats(shared->host, &stats));
    nanosleep(&pause, NULL);
  }
  EXPECT(frames == shared->frames);
  EXPECT(events == shared->frames);
  return NULL;
}

static void* poll_until_closed(void* user) {
  PunktfunkFrame frame;
  int32_t status;
  do {
    status = punktfunk_client_poll_frame(user, &frame);
  } while (status == PUNKTFUNK_STATUS_OK || status == PUNKTFUNK_STATUS_NO_FRAME);
  EXPECT_STATUS(PUNKTFUNK_STATUS_CLOSED, status);
  return NULL;
}

static void two_threads_share_a_session(void) {
  const PunktfunkConfig host_config = config_of(kHost), client_config = config_of(kClient);
  struct shared shared = {NULL, NULL, 100};
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_test_loopback_pair(&host_config, &client_config,
                                                                  &shared.host, &shared.client));
  pthread_t senders, pollers;
  pthread_create(&senders, NULL, submit_and_send, &shared);
  pthread_create(&pollers, NULL, poll_both, &shared);
  pthread_join(senders, NULL);
  pthread_join(pollers, NULL);

  /* Against the rules, and yet without harm: two in one plane, and freed under their feet. */
  pthread_t one, other;
  pthread_create(&one, NULL, poll_until_closed, shared.client);
  pthread_create(&other, NULL, poll_until_closed, shared.client);
  for (int i = 0; i < 20; ++i)
    punktfunk_host_submit_frame(shared.host, (const uint8_t*)"abc", 3, 0, 1);
  punktfunk_session_free(shared.client);
  pthread_join(one, NULL);
  pthread_join(other, NULL);
  punktfunk_session_free(shared.host);
}

/* ---- Connections, as far as they need no host ---------------------------------------------------
 */

static void calls_of_no_connection(PunktfunkConnection* c, int32_t expected) {
  PunktfunkFrame frame;
  PunktfunkAudioPacket packet;
  PunktfunkHostTiming timing;
  PunktfunkHidOutput output;
  PunktfunkHdrMeta hdr;
  PunktfunkInputEvent event;
  memset(&event, 0, sizeof event);
  uint64_t dropped = 5;
  bool flag = false;
  EXPECT_STATUS(expected, punktfunk_connection_next_au(c, &frame, 0));
  EXPECT_STATUS(expected, punktfunk_connection_next_audio(c, &packet, 0));
  EXPECT_STATUS(expected, punktfunk_connection_next_host_timing(c, &timing, 0));
  EXPECT_STATUS(expected, punktfunk_connection_next_rumble2(c, NULL, NULL, NULL, NULL, 0));
  EXPECT_STATUS(expected, punktfunk_connection_next_hidout(c, &output, 0));
  EXPECT_STATUS(expected, punktfunk_connection_next_hdr_meta(c, &hdr, 0));
  EXPECT_STATUS(expected, punktfunk_connection_send_input(c, &event));
  EXPECT_STATUS(expected, punktfunk_connection_send_mic(c, NULL, 0, 0, 0));
  EXPECT_STATUS(expected, punktfunk_connection_send_pen(c, NULL, 0));
  EXPECT_STATUS(expected, punktfunk_connection_request_keyframe(c));
  EXPECT_STATUS(expected, punktfunk_connection_note_frame_index(c, 1, &flag));
  EXPECT_STATUS(expected, punktfunk_connection_mode(c, NULL, NULL, NULL));
  EXPECT_STATUS(expected, punktfunk_connection_frames_dropped(c, &dropped));
  EXPECT(dropped == (c == NULL ? 0 : 5));
  punktfunk_connection_disconnect_quit(c);
  punktfunk_connection_close(c);
}

static PunktfunkConnection* connect_to(const char* host, uint32_t width, const char* certificate,
                                       const char* key, const char* launch, uint8_t channels,
                                       int32_t* status) {
  return punktfunk_connect_ex11(host, 9, width, 720, 60, 0, 0, 0, 0, channels, 0, 0, 1, 1, 0,
                                launch, NULL, NULL, certificate, key, NULL, 1, status);
}

static void connecting_with_nonsense(void) {
  int32_t status = 1;
  EXPECT(connect_to(NULL, 1280, NULL, NULL, NULL, 2, &status) == NULL);
  EXPECT(status == PUNKTFUNK_STATUS_NULL_POINTER);
  EXPECT(connect_to("127.0.0.1", 1280, "one without a key", NULL, NULL, 2, &status) == NULL);
  EXPECT(status == PUNKTFUNK_STATUS_NULL_POINTER);
  EXPECT(connect_to("127.0.0.1", 1280, "no certificate", "no key", NULL, 2, &status) == NULL);
  EXPECT(status == PUNKTFUNK_STATUS_INVALID_ARG);
  EXPECT(connect_to("127.0.0.1", 0, NULL, NULL, NULL, 2, &status) == NULL);
  EXPECT(status == PUNKTFUNK_STATUS_INVALID_ARG);
  EXPECT(connect_to("127.0.0.1", 1280, NULL, NULL, "not\xFFtext", 2, &status) == NULL);
  EXPECT(status == PUNKTFUNK_STATUS_INVALID_ARG);
  EXPECT(connect_to("127.0.0.1", 1280, NULL, NULL, NULL, 3, &status) == NULL);
  EXPECT(status == PUNKTFUNK_STATUS_INVALID_ARG);
  EXPECT(punktfunk_connect("no such host.invalid", 9, 1, 1, 1, NULL, NULL, NULL, NULL, 1) == NULL);
  char small[8], large[4096];
  EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG,
                punktfunk_generate_identity(small, sizeof small, large, sizeof large));
  EXPECT_STATUS(PUNKTFUNK_STATUS_NULL_POINTER, punktfunk_generate_identity(large, 4096, NULL, 0));
  EXPECT_STATUS(PUNKTFUNK_STATUS_NULL_POINTER, punktfunk_probe(NULL, 9, 1));
  EXPECT_STATUS(PUNKTFUNK_STATUS_NULL_POINTER,
                punktfunk_pair("127.0.0.1", 9, "c", "k", NULL, NULL, (uint8_t*)large, 1));
}

static void gates(void) {
  ReanchorGate* gate = punktfunk_reanchor_gate_new(3);
  bool answer = false;
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_reanchor_gate_on_decoded(gate, 1, false, &answer));
  EXPECT(answer);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_reanchor_gate_poll(gate, 4, &answer));
  EXPECT(answer);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_reanchor_gate_is_holding(gate, &answer));
  EXPECT(answer);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_reanchor_gate_on_decoded(gate, 1, false, &answer));
  EXPECT(!answer);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK,
                punktfunk_reanchor_gate_on_decoded(gate, 1 | 4, false, &answer));
  EXPECT(answer);
  punktfunk_reanchor_gate_arm_expecting_drops(gate, 2);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_reanchor_gate_on_decoded(gate, 1, true, NULL));
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_reanchor_gate_poll(gate, 6, &answer));
  EXPECT(!answer);
  for (int i = 0; i < 3; ++i) {
    EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_reanchor_gate_on_no_output(gate, &answer));
    EXPECT(answer == (i == 2));
  }
  punktfunk_reanchor_gate_free(gate);
  EXPECT_STATUS(PUNKTFUNK_STATUS_CLOSED, punktfunk_reanchor_gate_poll(gate, 0, NULL));
  punktfunk_reanchor_gate_arm(gate);
  punktfunk_reanchor_gate_free(gate);
  punktfunk_reanchor_gate_free(NULL);
  answer = true;
  EXPECT_STATUS(PUNKTFUNK_STATUS_NULL_POINTER, punktfunk_reanchor_gate_is_holding(NULL, &answer));
  EXPECT(!answer);
}

/* ---- Log ----------------------------------------------------------------------------------------
 */

struct lines {
  int count;
  char last[256];
};
static void on_log(uint8_t level, const char* target, const char* message, void* user) {
  struct lines* lines = user;
  EXPECT(level == 1 && strcmp(target, "session") == 0);
  EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG, punktfunk_set_log_callback(0, NULL, NULL));
  snprintf(lines->last, sizeof lines->last, "%s", message);
  ++lines->count;
}

static void the_log_says_why(void) {
  struct lines lines;
  memset(&lines, 0, sizeof lines);
  PunktfunkConfig config = config_of(kHost);
  config.fec_percent = 91;
  EXPECT_STATUS(PUNKTFUNK_STATUS_INVALID_ARG, punktfunk_set_log_callback(6, on_log, &lines));
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_set_log_callback(1, on_log, &lines));
  EXPECT(punktfunk_session_new(&config, "127.0.0.1:0", "127.0.0.1:9") == NULL);
  EXPECT(lines.count == 1 && strstr(lines.last, "91 per cent") != NULL);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_set_log_callback(0, on_log, &lines));
  EXPECT(punktfunk_session_new(&config, "127.0.0.1:0", "127.0.0.1:9") == NULL);
  EXPECT_STATUS(PUNKTFUNK_STATUS_OK, punktfunk_set_log_callback(5, NULL, NULL));
  EXPECT(punktfunk_session_new(&config, "127.0.0.1:0", "127.0.0.1:9") == NULL);
  EXPECT(lines.count == 1);
}

int main(void) {
  EXPECT(punktfunk_abi_version() == PUNKTFUNK_ABI_VERSION);
  round_trip_over_a_lossy_transport(0);
  round_trip_over_a_lossy_transport(1);
  round_trip_over_the_loopback_pair();
  round_trip_over_udp();
  null_everywhere();
  lying_configs();
  extreme_configs_work();
  addresses();
  wrong_calls();
  wrong_keys();
  odd_transports();
  a_session_may_be_freed_by_its_own_callback();
  two_threads_share_a_session();
  calls_of_no_connection(NULL, PUNKTFUNK_STATUS_NULL_POINTER);
  calls_of_no_connection((PunktfunkConnection*)(uintptr_t)0x1234567, PUNKTFUNK_STATUS_INVALID_ARG);
  connecting_with_nonsense();
  gates();
  the_log_says_why();
  if (failures > 0) fprintf(stderr, "%d expectations failed\n", failures);
  return failures > 0 ? 1 : 0;
}
