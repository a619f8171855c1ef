/* A host and a client in one program: example 127.0.0.1:9777 127.0.0.1:9778. See docs/embedding.md.
 */
#include <stdio.h>
#include <string.h>

#include "punktfunk_core.h"

static void on_log(uint8_t level, const char* target, const char* message, void* user) {
  fprintf(user, "%u %s: %s\n", (unsigned)level, target, message);
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  punktfunk_set_log_callback(2, on_log, stderr);

  PunktfunkConfig config = {
      .struct_size = sizeof config, .phase = 1, .fec_scheme = 1, .encrypt = 1};
  config.fec_percent = 20;          /* one packet in six may be lost */
  config.max_data_per_block = 4096; /* nearly every frame is one block */
  config.shard_payload = 1408;      /* fits an Ethernet */
  config.max_frame_bytes = 8 << 20;
  memcpy(config.key, "not so random as", sizeof config.key); /* 16 random bytes, for each session */
  memcpy(config.salt, "salt", sizeof config.salt);
  PunktfunkSession* host = punktfunk_session_new(&config, argv[1], argv[2]);
  config.role = 1;
  PunktfunkSession* client = punktfunk_session_new(&config, argv[2], argv[1]);

  static uint8_t picture[200000]; /* what an encoder gave: here a key frame */
  const uint64_t captured_ns = 0; /* of CLOCK_REALTIME */
  int32_t status = punktfunk_host_submit_frame(host, picture, sizeof picture, captured_ns, 1 | 4);

  PunktfunkFrame frame = {0};
  for (long tries = 0; status == PUNKTFUNK_STATUS_OK && frame.data == NULL && tries < 1000000;
       ++tries) {
    status =
        punktfunk_client_poll_frame(client, &frame); /* does not wait; do other things between */
    if (status == PUNKTFUNK_STATUS_NO_FRAME) status = PUNKTFUNK_STATUS_OK;
  }
  printf("status %d, frame %u, %lu bytes\n", (int)status, (unsigned)frame.frame_index,
         (unsigned long)frame.len);
  punktfunk_session_free(client); /* with it goes frame.data */
  punktfunk_session_free(host);
  return status == PUNKTFUNK_STATUS_OK && frame.len == sizeof picture ? 0 : 1;
}
