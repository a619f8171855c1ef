// The library of this host: what the settings say of it, and where its helper and its user's files
// are.
#pragma once

#include <memory>

#include "core/runtime/health_board.h"
#include "host/admin/library_control.h"
#include "host/config/host_config.h"
#include "host/library/library.h"

namespace pf::app {

// `malformed`: a source that does not exist, with those that do.
Result<library::LibraryRules> library_rules(const config::HostConfig& config);

// The host's own user, as the environment tells: nothing on the disk is looked at.
library::Places library_places();

// Knows nothing before its first scan. The references outlive it.
std::unique_ptr<library::Library> open_library(library::LibraryRules rules,
                                               library::Library::OnChange on_change,
                                               HealthBoard& board, const Clock& clock);

// For whoever administers the host. `library` outlives it.
admin::LibraryControl control_of(library::Library& library);

}  // namespace pf::app
