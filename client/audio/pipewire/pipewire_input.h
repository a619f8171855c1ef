// Records through PipeWire, from whatever microphone the user has chosen there.
#pragma once

#include <string>

#include "client/audio/audio_input.h"
#include "sound/pipewire/connection.h"

namespace pf::client_audio {

// `unavailable` while no server runs; `name` is what mixers show.
Result<std::unique_ptr<AudioInput>> open_pipewire_input(const sound::ServerAddress& address,
                                                        const std::string& name, Doorbell& bell);

}  // namespace pf::client_audio
