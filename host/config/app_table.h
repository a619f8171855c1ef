// The [[app]] tables of a configuration file, as the TOML library has parsed them.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <string>
#include <vector>

#include "host/config/host_config.h"
#include "host/config/settings.h"

namespace pf::config {

struct Problem {
  std::uint32_t line;
  std::string sentence;
};

Value value_of(const toml::node& node);

// Reads every application of `list`, whose key stands in `line`, into `apps`; whatever is wrong
// with them goes into `problems`.
void read_apps(const toml::node& list, std::uint32_t line, std::vector<AppConfig>& apps,
               std::vector<Problem>& problems);

}  // namespace pf::config
