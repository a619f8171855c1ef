#include "desktop/identity.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "desktop/say.h"

/* What of root's environment a user may see: nothing that names files, sockets or secrets of root.
 * The last two name the sound server, which a host that starts one runs as this user. */
static const char* const kept[] = {
    "LANG", "LC_ALL", "TZ", "TERM", "COLORTERM", "PIPEWIRE_RUNTIME_DIR", "PULSE_SERVER"};
#define KEPT_COUNT (sizeof kept / sizeof *kept)

static bool fresh_environment(const struct passwd* user) {
  char* values[KEPT_COUNT];
  for (size_t i = 0; i < KEPT_COUNT; ++i) {
    const char* value = getenv(kept[i]);
    values[i] = value != NULL ? strdup(value) : NULL;
  }
  clearenv();
  for (size_t i = 0; i < KEPT_COUNT; ++i) {
    if (values[i] != NULL) setenv(kept[i], values[i], 1);
    free(values[i]);
  }
  return setenv("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games", 1) == 0 &&
         setenv("HOME", user->pw_dir, 1) == 0 && setenv("USER", user->pw_name, 1) == 0 &&
         setenv("LOGNAME", user->pw_name, 1) == 0 && setenv("SHELL", user->pw_shell, 1) == 0;
}

bool pf_identity_become(const char* name) {
  errno = 0;
  const struct passwd* user = getpwnam(name);
  if (user == NULL) return pf_complain("--run-as %s: there is no such user", name);
  if (geteuid() == user->pw_uid && getuid() == user->pw_uid) return true;
  if (geteuid() != 0) return pf_complain("--run-as %s: only root can become another user", name);
  if (initgroups(user->pw_name, user->pw_gid) != 0 || setgid(user->pw_gid) != 0 ||
      setuid(user->pw_uid) != 0)
    return pf_complain("--run-as %s: %s", name, strerror(errno));
  if (user->pw_uid != 0 && setuid(0) == 0)
    return pf_complain("--run-as %s: root could be regained, so this is no protection", name);
  if (!fresh_environment(user)) return pf_complain("--run-as %s: out of memory", name);
  /* A user without a home folder (nobody) starts in the root folder. */
  return chdir(user->pw_dir) == 0 || chdir("/") == 0;
}
