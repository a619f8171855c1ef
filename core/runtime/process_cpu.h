// CPU time of another process.
#pragma once

#include "core/base/time.h"

namespace pf {

// User and system time of all its threads so far; 0 when it is gone. Resolution: the kernel's.
Nanos process_cpu_time(int process_id) noexcept;

}  // namespace pf
