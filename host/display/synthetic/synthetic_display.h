// A display that is none: no compositor, no command, only the mode, for which the synthetic source
// draws a picture. For tests and for measuring everything behind the desktop. Ask for it by name;
// it is never chosen by itself.
#pragma once

#include "host/display/display.h"

namespace pf::display::synthetic {

DisplayBackend backend();

}  // namespace pf::display::synthetic
