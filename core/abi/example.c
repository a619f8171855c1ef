/* A host and a client in one program, over UDP on this machine. Explained in docs/embedding.md. */
#define _POSIX_C_SOURCE 199309L /* nanosleep */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "punktfunk_core.h"

static void on_log(uint8_t level, const char* target, const char* message, void* user) {
  (void)user;
  fprintf(stderr, "%u %s: %s\n", (unsigned)level, target, message);
}

int main(void) {
  PunktfunkConfig config = {.struct_size = sizeof config, .role = 0, .phase = 1, .fec_scheme = 1};
  config.fec_percent = 20;          /* every sixth packet may be lost */
  config.max_data_per_block = 4096; /* nearly every frame is one block */
  config.shard_payload = 1408;      /* fits an Ethernet */
  config.max_frame_bytes = 1 << 20;
  config.encrypt = 1;
  memcpy(config.key, "take these from ", sizeof config.key); /* a real random source */
  memcpy(config.salt, "salt", sizeof config.salt);

  punktfunk_set_log_callback(2, on_log, NULL);
  PunktfunkSession* host = punktfunk_session_new(&config, "127.0.0.1:47311", "127.0.0.1:47312");
  config.role = 1;
  PunktfunkSession* client = punktfunk_session_new(&config, "127.0.0.1:47312", "127.0.0.1:47311");

  static uint8_t picture[200000]; /* what an encoder gave */
  PunktfunkStatus status = punktfunk_host_submit_frame(host, picture, sizeof picture, 0, 1 | 4);

  PunktfunkFrame frame = {0};
  for (int tries = 0; status == PUNKTFUNK_STATUS_OK && frame.len == 0 && tries < 1000; ++tries) {
    status = punktfunk_client_poll_frame(client, &frame);
    if (status == PUNKTFUNK_STATUS_NO_FRAME) {
      nanosleep(&(struct timespec){.tv_nsec = 1000000},
                NULL); /* or poll with the display's clock */
      status = PUNKTFUNK_STATUS_OK;
    }
  }
  printf("frame %u: %lu bytes, status %d\n", (unsigned)frame.frame_index, (unsigned long)frame.len,
         (int)status);
  const int whole = frame.len == sizeof picture && memcmp(frame.data, picture, frame.len) == 0;
  punktfunk_session_free(client); /* frame.data is gone now */
  punktfunk_session_free(host);
  return whole ? 0 : 1;
}
