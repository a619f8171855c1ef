#include "desktop/runtime_dir.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desktop/protocol.h"
#include "desktop/say.h"

/* Short, since the path of a socket may have 107 bytes. Empty: none was made. */
static char private_dir[32];

static bool is_ours(const char* path) {
  struct stat info;
  return path[0] == '/' && stat(path, &info) == 0 && S_ISDIR(info.st_mode) &&
         info.st_uid == geteuid() && access(path, W_OK) == 0;
}

bool pf_runtime_dir_open(void) {
  const char* given = getenv("XDG_RUNTIME_DIR");
  if (given != NULL && is_ours(given)) {
    /* "/wayland-32" and the end of the string must fit into the message that tells the host. */
    if (strlen(given) + 12 <= sizeof((struct pf_desktop_ready*)NULL)->wayland_socket) return true;
    return pf_complain("XDG_RUNTIME_DIR=%s is too long for the path of a socket", given);
  }
  strcpy(private_dir, "/tmp/pf-desktop-XXXXXX");
  if (mkdtemp(private_dir) == NULL) {
    private_dir[0] = '\0';
    return pf_complain("cannot make a runtime folder in /tmp: %s", strerror(errno));
  }
  return setenv("XDG_RUNTIME_DIR", private_dir, 1) == 0;
}

static int remove_entry(const char* path, const struct stat* info, int type, struct FTW* where) {
  return remove(path);
}

void pf_runtime_dir_close(void) {
  if (private_dir[0] == '\0') return;
  nftw(private_dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
  private_dir[0] = '\0';
}
