// The backends this build has, by kind. The list is written by CMake from the folders that exist:
// adding a backend is adding a folder.
#pragma once

#include <vector>

#include "host/capture/source.h"
#include "host/display/display.h"
#include "host/encode/encoder.h"

namespace pf::app {

std::vector<display::DisplayBackend> display_backends();
std::vector<capture::CaptureBackend> capture_backends();
std::vector<encode::EncoderBackend> encoder_backends();  // linked ones; modules are loaded besides

}  // namespace pf::app
