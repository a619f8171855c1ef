// From settings and what this machine has to the backends of a session.
#pragma once

#include "core/base/result.h"
#include "host/config/host_config.h"
#include "host/pipeline/backends.h"
#include "host/restore/undo_journal.h"

namespace pf::app {

// `journal` outlives the sessions; may be null where nothing has to be put back.
// Probes display and encoders. `unavailable` names each candidate and why it cannot be used.
Result<pipeline::Backends> choose_backends(const config::HostConfig& config,
                                           restore::UndoJournal* journal);

}  // namespace pf::app
