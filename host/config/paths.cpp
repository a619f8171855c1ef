#include "host/config/paths.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace pf::config {
namespace {

bool is_absolute(const std::string& path) { return !path.empty() && path.front() == '/'; }

// Empty: neither says.
std::string base_folder(const std::string& variable, const std::string& home,
                        const char* below_home) {
  if (is_absolute(variable)) return variable;
  return is_absolute(home) ? home + below_home : std::string();
}

}  // namespace

Result<Paths> find_paths(const XdgEnvironment& environment) {
  const std::string config = base_folder(environment.config_home, environment.home, "/.config");
  const std::string state = base_folder(environment.state_home, environment.home, "/.local/state");
  if (config.empty() || state.empty()) {
    return fail(
        ErrorKind::refused,
        "HOME is not set: set it, or XDG_CONFIG_HOME and XDG_STATE_HOME, to absolute paths");
  }
  return Paths{.config_file = config + "/punktfunk/host.toml", .state_dir = state + "/punktfunk"};
}

Result<void> make_private_folder(const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    if (mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) {
      return fail_os(ErrorKind::refused, errno, fmt::format("cannot make the folder {}", part));
    }
    if (end == std::string::npos) break;
  }
  // An unnamed file tells the truth where access(2) does not: read-only mounts, ACLs, full tables.
  const int probe = open(path.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  if (probe >= 0) {
    close(probe);
    return {};
  }
  const int os_code = errno;
  // Some file systems have no unnamed files; there the next best answer is asked for.
  if (os_code == EOPNOTSUPP && access(path.c_str(), W_OK | X_OK) == 0) return {};
  return fail_os(ErrorKind::refused, os_code, fmt::format("cannot write into the folder {}", path));
}

}  // namespace pf::config
