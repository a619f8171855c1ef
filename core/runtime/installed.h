// Where the parts of this build lie, seen from the running program: in the build folder beside it,
// once installed in ../libexec/punktfunk (programs) or ../lib/punktfunk (modules).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace pf {

// A program of ours that others start: its path. `unavailable` names the places.
Result<std::string> find_installed_program(std::string_view name);

// Loads a shared object of ours and gives the address of its C function `entry`. It stays loaded
// until the process ends, so that objects and texts of it may outlive whoever asked. `unavailable`
// says what is missing.
Result<void*> load_installed_module(const std::string& file, const char* entry);

}  // namespace pf
