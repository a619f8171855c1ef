// Capture through wlr-screencopy-unstable-v1, of any compositor that serves it (sway, river, labwc,
// our own desktop). The compositor copies each picture into our memory: slower than shared buffers
// (host/capture/desktop), but it works where somebody already has a desktop.
#pragma once

#include "host/capture/source.h"

namespace pf::capture::wlr {

// Understands display::WlrOutput.
CaptureBackend backend();

}  // namespace pf::capture::wlr
