// Tells a person, and the file he named, how the stream went.
#pragma once

#include "client/probe/probe.h"

namespace pf::probe {

// Gives the exit code. `program` begins each complaint.
int show_outcome(const char* program, const Options& options, const Outcome& outcome);

}  // namespace pf::probe
