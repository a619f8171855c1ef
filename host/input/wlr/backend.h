// Input into any compositor that serves wlr-virtual-pointer-unstable-v1 and
// virtual-keyboard-unstable-v1 (sway, river, labwc, our own desktop). Fingers only into our own,
// since no Wayland protocol makes them.
#pragma once

#include "host/input/input_sink.h"

namespace pf::input::wlr {

// Understands display::WaylandSeat.
InputBackend backend();

}  // namespace pf::input::wlr
