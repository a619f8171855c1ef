// Asks a running host, and shows a person what it answered.
#pragma once

#include "host/app/admin_options.h"

namespace pf::app {

// Gives the exit code (docs/administration.md).
int run_admin(const AdminCommand& command);

}  // namespace pf::app
