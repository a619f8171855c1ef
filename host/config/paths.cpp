#include "host/config/paths.h"

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

}  // namespace pf::config
