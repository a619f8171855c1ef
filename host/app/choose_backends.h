// From settings and what this machine has to the backends of a session.
#pragma once

#include "core/base/result.h"
#include "host/config/host_config.h"
#include "host/pipeline/backends.h"

namespace pf::app {

// Probes display and encoders. `unavailable` names each candidate and why it cannot be used.
Result<pipeline::Backends> choose_backends(const config::HostConfig& config);

}  // namespace pf::app
