#include "core/runtime/process_cpu.h"

#include <time.h>

namespace pf {

Nanos process_cpu_time(int process_id) noexcept {
  clockid_t clock;
  timespec used;
  if (clock_getcpuclockid(process_id, &clock) != 0 || clock_gettime(clock, &used) != 0)
    return Nanos(0);
  return seconds(used.tv_sec) + Nanos(used.tv_nsec);
}

}  // namespace pf
