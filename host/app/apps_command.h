// `punktfunk-host apps`: what clients may choose, as the configuration says. Needs no running host.
#pragma once

#include <string>
#include <vector>

namespace pf::app {

struct AppsCommand {
  std::string config_file;  // empty: the user's own
  bool json = false;
};

// Gives the exit code: kExitUsage when the configuration is wrong.
int run_apps(const AppsCommand& command);

}  // namespace pf::app
