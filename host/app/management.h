// The management API as a part of the host program: `punktfunk-host serve` opens it,
// `punktfunk-host openapi` prints its document.
#pragma once

#include <memory>

#include "host/app/options.h"
#include "host/config/host_config.h"
#include "host/management/management_door.h"

namespace pf::app {

// Empty: the settings want none. Where there is no password yet, and somebody at a terminal to read
// it, one is made and shown.
std::unique_ptr<management::ManagementDoor> open_management(
    const config::HostConfig& config, const Options& options, const Endpoint& native_address,
    const crypto::Identity& identity, admin::Administration& administration,
    access::AccessStore& access, Rng& rng, HealthBoard& board, const Clock& clock);

// Gives the exit code.
int print_openapi();

}  // namespace pf::app
