#include "desktop/runtime_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "desktop/protocol.h"
#include "desktop/say.h"

#define PARENT "/tmp"
#define NAME "pf-desktop-"
#define SETTLED_S 10

/* Short, since the path of a socket may have 107 bytes. Empty: none was made. */
static char private_dir[32];

static bool is_ours(const char* path) {
  struct stat info;
  return path[0] == '/' && stat(path, &info) == 0 && S_ISDIR(info.st_mode) &&
         info.st_uid == geteuid() && access(path, W_OK) == 0;
}

static int remove_entry(const char* path, const struct stat* info, int type, struct FTW* where) {
  return remove(path);
}

static void remove_all(const char* path) {
  nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* A desktop holds the lock of its Wayland socket while it lives, however it ends. A folder without
 * one is being made at this moment, or has nothing in it. */
static bool is_left_behind(const char* path) {
  struct stat info;
  if (lstat(path, &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != geteuid()) return false;
  char lock_path[96];
  snprintf(lock_path, sizeof lock_path, "%s/wayland-0.lock", path);
  const int lock = open(lock_path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (lock < 0) return false;
  /* The file is made a moment before it is locked. */
  const bool settled = fstat(lock, &info) == 0 && time(NULL) - info.st_mtime > SETTLED_S;
  const bool nobody_holds_it = settled && flock(lock, LOCK_EX | LOCK_NB) == 0;
  close(lock);
  return nobody_holds_it;
}

/* A desktop that was killed could not tidy up: the next one does. */
static void remove_left_behind(void) {
  DIR* folder = opendir(PARENT);
  if (folder == NULL) return;
  for (const struct dirent* entry; (entry = readdir(folder)) != NULL;) {
    if (strncmp(entry->d_name, NAME, strlen(NAME)) != 0) continue;
    char path[64];
    const int length = snprintf(path, sizeof path, PARENT "/%s", entry->d_name);
    if (length < (int)sizeof path && is_left_behind(path)) remove_all(path);
  }
  closedir(folder);
}

bool pf_runtime_dir_open(void) {
  const char* given = getenv("XDG_RUNTIME_DIR");
  if (given != NULL && is_ours(given)) {
    /* "/wayland-32" and the end of the string must fit into the message that tells the host. */
    if (strlen(given) + 12 <= sizeof((struct pf_desktop_ready*)NULL)->wayland_socket) return true;
    return pf_complain("XDG_RUNTIME_DIR=%s is too long for the path of a socket", given);
  }
  remove_left_behind();
  strcpy(private_dir, PARENT "/" NAME "XXXXXX");
  if (mkdtemp(private_dir) == NULL) {
    private_dir[0] = '\0';
    return pf_complain("cannot make a runtime folder in /tmp: %s", strerror(errno));
  }
  return setenv("XDG_RUNTIME_DIR", private_dir, 1) == 0;
}

void pf_runtime_dir_close(void) {
  if (private_dir[0] == '\0') return;
  remove_all(private_dir);
  private_dir[0] = '\0';
}
