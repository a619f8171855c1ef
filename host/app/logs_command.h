// `punktfunk-host logs`: what the running host has logged, and what it goes on to log.
#pragma once

#include "host/admin/admin_link.h"
#include "host/app/admin_options.h"

namespace pf::app {

// Prints a line each, with `--json` an object each. With `--follow` until the host ends or somebody
// interrupts. Gives the exit code.
int run_logs(admin::AdminLink& link, const AdminCommand& command);

}  // namespace pf::app
