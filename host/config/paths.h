// Where the host's files lie, by the XDG Base Directory specification 0.8. The environment is read
// by the program and comes in as values, so that this room and its tests depend on no machine.
#pragma once

#include <string>

#include "core/base/result.h"

namespace pf::config {

// Values of $HOME, $XDG_CONFIG_HOME and $XDG_STATE_HOME; empty where not set.
struct XdgEnvironment {
  std::string home;
  std::string config_home;
  std::string state_home;
};

struct Paths {
  std::string config_file;  // …/punktfunk/host.toml; need not exist
  std::string state_dir;    // …/punktfunk: identity, pairings; see core/runtime/files.h
};

// `refused` when neither a variable nor $HOME says where. Relative values are ignored, as the
// specification asks.
Result<Paths> find_paths(const XdgEnvironment& environment);

}  // namespace pf::config
