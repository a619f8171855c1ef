/* Writes what a host streams to standard output: example_client HOST PORT PIN | ffplay -
 * See docs/embedding.md. */
#include <stdio.h>

#include "punktfunk_core.h"

static void on_log(uint8_t level, const char* target, const char* message, void* user) {
  fprintf(user, "%u %s: %s\n", (unsigned)level, target, message);
}

int main(int argc, char** argv) {
  unsigned port = 0;
  if (argc != 4 || sscanf(argv[2], "%u", &port) != 1 || port > 65535) return 2;
  punktfunk_set_log_callback(2, on_log, stderr);

  /* Once for this device, and once for each host: keep all three, the key where nobody reads it. */
  static char certificate[4096], key[4096];
  uint8_t host_sha256[32];
  int32_t status = punktfunk_generate_identity(certificate, sizeof certificate, key, sizeof key);
  if (status == PUNKTFUNK_STATUS_OK)
    status = punktfunk_pair(argv[1], (uint16_t)port, certificate, key, argv[3], "example",
                            host_sha256, 30000);
  if (status != PUNKTFUNK_STATUS_OK) return 1;

  const uint8_t video_caps = 0, client_caps = 0, codecs = PUNKTFUNK_CODEC_H264;
  PunktfunkConnection* host = punktfunk_connect_ex11(
      argv[1], (uint16_t)port, 1280, 720, 60, PUNKTFUNK_COMPOSITOR_AUTO, PUNKTFUNK_GAMEPAD_AUTO,
      /* bitrate_kbps: the library adapts it */ 0, video_caps, /* audio: stereo */ 2, 0, 0, codecs,
      codecs, client_caps, /* launch_id */ NULL, host_sha256, NULL, certificate, key,
      /* device_name */ NULL, 30000, &status);
  if (host == NULL) return 1;

  PunktfunkFrame frame;
  for (int frames = 0; frames < 600;) {
    status = punktfunk_connection_next_au(host, &frame, 100);
    if (status == PUNKTFUNK_STATUS_NO_FRAME) continue; /* nothing for 100 ms; not an error */
    if (status != PUNKTFUNK_STATUS_OK) break;          /* CLOSED: it is over */
    if (fwrite(frame.data, 1, frame.len, stdout) != frame.len) break;
    ++frames;
  }
  punktfunk_connection_disconnect_quit(host); /* the user is done; without: he comes back */
  punktfunk_connection_close(host);
  return status == PUNKTFUNK_STATUS_OK ? 0 : 1;
}
