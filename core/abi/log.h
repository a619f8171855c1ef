// Where the library's log lines go: to the embedder's callback.
#pragma once

#include "core/abi/include/punktfunk_core.h"

namespace pf::abi {

// Any thread, any number of times; before anything that may log.
void install_log_sink();

}  // namespace pf::abi
