// Whose files the helper reads, and where they lie.
#pragma once

#include <string>

#include "core/base/result.h"
#include "host/library/source.h"

namespace pf::library {

// Becomes the user, for good, and gives where his files are. `refused`: there is no such user, or
// only root could.
Result<Places> become(const std::string& user);

}  // namespace pf::library
