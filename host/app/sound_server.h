// Which sound server the host and the programs of its desktops use.
#pragma once

#include <memory>

#include "core/runtime/health_board.h"
#include "host/app/options.h"
#include "host/audio/pipewire/private_server.h"
#include "host/config/host_config.h"

namespace pf::app {

// Starts one of our own where the settings say so. Empty: the user's, if one runs. The environment
// of this process then names it, for us and for whatever we start: so call it while no other thread
// of ours runs.
std::unique_ptr<audio::pipewire::PrivateServer> start_sound_server(const config::HostConfig& config,
                                                                   const Options& options,
                                                                   HealthBoard& board,
                                                                   const Clock& clock);

}  // namespace pf::app
