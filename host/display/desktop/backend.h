// The embedded desktop: a punktfunk-desktop process of our own for each display
// (desktop/README.md). Needs nothing of the machine but that program, so it is what a bare machine
// gets.
#pragma once

#include "host/display/display.h"

namespace pf::display::desktop {

// `probe` looks for the program; `open` takes up to 2 s.
DisplayBackend backend();

}  // namespace pf::display::desktop
