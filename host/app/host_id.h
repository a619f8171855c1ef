// What this host is called and known by, on disk; its certificate is core/identity's.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/base/rng.h"
#include "host/config/host_config.h"

namespace pf::app {

// Tells this host apart from others of the same name, also after a new identity: 32 hexadecimal
// digits in `folder`/host-id, made once. No secret.
Result<std::string> load_or_make_host_id(const std::string& folder, Rng& rng);

// What the machine calls itself; may be empty.
std::string machine_name();

// What people see it called.
std::string display_name(const config::HostConfig& config);

}  // namespace pf::app
