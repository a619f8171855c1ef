// Finds programs and users before anything is started, so that a wrong name is a sentence and not a
// process that dies.
#pragma once

#include <string>

#include "core/base/result.h"

namespace pf::display::desktop {

// Path of punktfunk-desktop: beside our own program, else in ../libexec/punktfunk seen from there.
// `unavailable` names the places.
Result<std::string> find_desktop_program();

// `refused` when `command` would not be found by who runs it: in our PATH, or in that which
// `run_as` gets.
Result<void> check_command(const std::string& command, const std::string& run_as);

// `refused` when there is no such user, or we may not become that user. Empty: fine.
Result<void> check_user(const std::string& run_as);

}  // namespace pf::display::desktop
