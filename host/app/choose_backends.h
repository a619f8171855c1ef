// From settings and what this machine has to the backends of a session.
#pragma once

#include <mutex>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "host/admin/equipment.h"
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

// Each of this build's, and why it can or cannot be used.
std::vector<admin::Backend> look_at_displays(const config::HostConfig& config);

// The same of encoders. Each is opened once, for a tenth of a second, when somebody asks first:
// what there is does not change while a host runs. Any thread.
class KnownEncoders {
 public:
  // `wanted` as the setting video.encoder has it.
  std::vector<admin::Backend> list(std::string_view wanted);

 private:
  std::once_flag once_;
  std::vector<admin::Backend> all_;
};

}  // namespace pf::app
