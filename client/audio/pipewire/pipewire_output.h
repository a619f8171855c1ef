// Plays through PipeWire, on whatever device the user has chosen there.
//
// PipeWire's data thread takes a cycle's worth out of a ring and rings our bell; our thread then
// fills up for the next cycle. More than that waits in the ring, so that waking late is not heard
// (output_reserve.h).
#pragma once

#include <string>

#include "client/audio/audio_output.h"
#include "sound/pipewire/connection.h"

namespace pf::client_audio {

// `unavailable` while no server runs; `name` is what mixers show.
Result<std::unique_ptr<AudioOutput>> open_pipewire_output(const sound::ServerAddress& address,
                                                          const std::string& name,
                                                          std::uint8_t channel_count,
                                                          Doorbell& bell);

}  // namespace pf::client_audio
