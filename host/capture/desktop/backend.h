// Capture of punktfunk-desktop by sharing its composited buffers: no copy, and nothing at all on a
// still screen.
#pragma once

#include "host/capture/source.h"

namespace pf::capture::desktop {

// Understands display::DesktopCapture.
CaptureBackend backend();

}  // namespace pf::capture::desktop
