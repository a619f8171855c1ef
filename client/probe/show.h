// Tells a person, and the file he named, how the stream went.
#pragma once

#include <string>

#include "client/probe/probe.h"

namespace pf::probe {

// Gives the exit code. `program` begins each complaint.
int show_outcome(const char* program, const Options& options, const Outcome& outcome);

// To a file, whole or not at all as far as anybody can tell. False: a complaint named the file.
bool write_file(const char* program, const std::string& path, const std::string& content);

}  // namespace pf::probe
