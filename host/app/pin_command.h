// `punktfunk-host pin`: types the PIN that a Moonlight client shows, and waits for what comes of
// it.
#pragma once

#include "host/admin/admin_link.h"
#include "host/app/admin_options.h"

namespace pf::app {

// Gives the exit code: kExitNotPaired when the PIN was wrong.
int run_pin(admin::AdminLink& link, const AdminCommand& command);

}  // namespace pf::app
