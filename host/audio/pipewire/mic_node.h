// The microphone that programs of the host see: the PipeWire source "punktfunk-mic".
//
// It stands in the graph as long as this lives, also while nobody speaks; the session manager makes
// it the default source where there is no other, because any other comes first. It costs nothing
// while nobody records: then PipeWire does not ask.
#pragma once

#include <memory>

#include "host/audio/mic_sink.h"
#include "sound/pipewire/connection.h"

namespace pf::audio::pipewire {

inline constexpr const char* kMicNodeName = "punktfunk-mic";

// `address` empty: the user's own server.
OpenMicSink mic_backend(const sound::ServerAddress& address, const Clock& clock);

}  // namespace pf::audio::pipewire
