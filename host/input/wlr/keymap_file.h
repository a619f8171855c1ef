// A keymap as compositors take it: text in memory that is handed over as a descriptor.
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/runtime/unique_fd.h"

namespace pf::input::wlr {

// With the NUL that XKB wants behind the text; sealed, so that nobody changes it.
Result<UniqueFd> keymap_file(std::string_view text);

}  // namespace pf::input::wlr
