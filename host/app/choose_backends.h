// From settings and what this machine has to the backends of a session.
#pragma once

#include "core/base/result.h"
#include "host/config/host_config.h"
#include "host/pipeline/backends.h"
#include "host/restore/undo_journal.h"

namespace pf::app {

// Whether the display that the settings name can be made, with their program in it.
Result<void> probe_display(const config::HostConfig& config);

// `journal` outlives the sessions; may be null where nothing has to be put back.
// Probes display and encoders. `unavailable` names each candidate and why it cannot be used.
Result<pipeline::Backends> choose_backends(const config::HostConfig& config,
                                           restore::UndoJournal* journal);

}  // namespace pf::app
