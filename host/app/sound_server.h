// Which sound server the host and the programs of its desktops use.
#pragma once

#include <memory>

#include "core/runtime/health_board.h"
#include "host/audio/pipewire/private_server.h"
#include "host/config/host_config.h"

namespace pf::app {

// Starts one of our own where the settings say so. Empty: the user's, if one runs. `headless`: for
// desktops of our own. The environment
// of this process then names it, for us and for whatever we start: so call it while no other thread
// of ours runs.
Result<std::unique_ptr<audio::pipewire::PrivateServer>> start_sound_server(
    const config::HostConfig& config, bool headless, HealthBoard& board, const Clock& clock);

}  // namespace pf::app
