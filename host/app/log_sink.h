// Where the host's log lines go: standard error, with time, level and category.
#pragma once

#include "core/runtime/log.h"

namespace pf::app {

void log_to_stderr(log::Level least);

}  // namespace pf::app
