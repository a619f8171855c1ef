#include "host/app/environment.h"

#include <sys/stat.h>

#include <cstdlib>

#include "host/admin/socket_path.h"

namespace pf::app {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool is_folder(const std::string& path) {
  struct stat facts {};
  return stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

}  // namespace

Result<config::Paths> find_paths() {
  return config::find_paths({.home = environment("HOME"),
                             .config_home = environment("XDG_CONFIG_HOME"),
                             .state_home = environment("XDG_STATE_HOME")});
}

Result<std::vector<std::string>> admin_sockets() {
  PF_TRY(const config::Paths paths, find_paths());
  // The login makes the runtime folder; a variable that outlived it is of no use.
  const std::string runtime_dir = environment("XDG_RUNTIME_DIR");
  return admin::socket_paths(is_folder(runtime_dir) ? runtime_dir : std::string(), paths.state_dir);
}

}  // namespace pf::app
