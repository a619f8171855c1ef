// The display, capture, audio and input backends this build has; encoders are modules
// (host/encode/modules.h). The list is written by CMake from the folders that exist: adding a
// backend is adding a folder.
#pragma once

#include <vector>

#include "host/audio/audio_source.h"
#include "host/capture/source.h"
#include "host/display/display.h"
#include "host/input/input_sink.h"

namespace pf::app {

std::vector<display::DisplayBackend> display_backends();
std::vector<capture::CaptureBackend> capture_backends();
std::vector<audio::AudioBackend> audio_backends();
std::vector<input::InputBackend> input_backends();

}  // namespace pf::app
