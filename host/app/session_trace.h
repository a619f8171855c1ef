// What became of every frame of a session, as JSON: the host's half of a trace.
#pragma once

#include <string>

#include "host/session/roster.h"

namespace pf::app {

// All instants on the wire's time line, in nanoseconds.
std::string trace_json(const session::SessionReport& report);

}  // namespace pf::app
