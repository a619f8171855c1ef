// A complaint on standard error, and the exit code that goes with it.
#pragma once

#include <string>

#include "core/base/result.h"

namespace pf::client_app {

int complain(int exit_code, const std::string& sentence);

// What went wrong on this machine: its files, its command line.
int complain(const Error& error);

}  // namespace pf::client_app
