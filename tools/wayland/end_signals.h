// SIGTERM and SIGINT as something to poll on.
#pragma once

#include "core/runtime/unique_fd.h"

namespace pf::wayland {

// Readable once one of them has come. Before any thread is started: threads inherit the mask.
UniqueFd block_end_signals();

}  // namespace pf::wayland
