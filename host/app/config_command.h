// `punktfunk-host config`: the settings one by one, of the host that runs, or of the file where
// none does.
#pragma once

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace pf::app {

struct ConfigCommand {
  std::string action;                  // list, get, explain, set or unset
  std::string key;                     // but for list
  std::optional<std::string> value{};  // of set
  bool json = false;
  std::string config_file;  // this file, and no running host; empty: the user's own
  std::string socket;       // of the running host; empty: this user's, if one runs
};

// Adds the sub-command, which fills `command` when the line is parsed.
CLI::App* add_config(CLI::App& app, ConfigCommand& command);

// Gives the exit code (docs/administration.md).
int run_config(const ConfigCommand& command);

}  // namespace pf::app
