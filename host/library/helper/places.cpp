#include "host/library/helper/places.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>

namespace pf::library {
namespace {

// Base Directory specification 0.8: what holds where no variable says otherwise. Those of the host
// are another user's.
Places usual_places(const std::string& home) {
  return {.home = home,
          .data_home = home + "/.local/share",
          .config_home = home + "/.config",
          .cache_home = home + "/.cache",
          .data_dirs = {"/usr/local/share", "/usr/share"}};
}

}  // namespace

Result<Places> become(const std::string& user) {
  const passwd* const entry = getpwnam(user.c_str());
  if (entry == nullptr) return fail(ErrorKind::refused, "there is no user '{}'", user);
  if (geteuid() != entry->pw_uid && (initgroups(entry->pw_name, entry->pw_gid) != 0 ||
                                     setgid(entry->pw_gid) != 0 || setuid(entry->pw_uid) != 0))
    return fail_os(ErrorKind::refused, errno, fmt::format("cannot read the library of '{}'", user));
  return usual_places(entry->pw_dir);
}

}  // namespace pf::library
