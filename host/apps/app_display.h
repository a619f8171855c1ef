// What a display has to know to run an application in it.
#pragma once

#include <string>

#include "host/apps/catalogue.h"
#include "host/display/display.h"

namespace pf::apps {

// `client_mode` where the application has no mode of its own; `run_as` is desktop.run_as.
display::DisplayRequest display_for(const App& app, const DisplayMode& client_mode,
                                    std::string run_as);

}  // namespace pf::apps
