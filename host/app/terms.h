// From settings to what the rooms of a running host go by. Pure.
#pragma once

#include <span>

#include "core/base/result.h"
#include "host/blackbox/blackbox.h"
#include "host/config/host_config.h"
#include "host/native/native_door.h"
#include "host/session/roster.h"

namespace pf::app {

session::Roster::Rules roster_rules(const config::HostConfig& config);
blackbox::Rules blackbox_rules(const config::HostConfig& config);

// `entries`: of the library. `malformed`: the applications contradict each other.
Result<native::DoorTerms> door_terms(const config::HostConfig& config,
                                     std::span<const library::Entry> entries = {});

}  // namespace pf::app
