// What the environment says about where the host's files lie; read by the program, here only.
#pragma once

#include <string>
#include <vector>

#include "host/config/paths.h"

namespace pf::app {

Result<config::Paths> find_paths();

// Where this user's host is administered; the best place first.
Result<std::vector<std::string>> admin_sockets();

}  // namespace pf::app
