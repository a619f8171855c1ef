#include "core/abi/system.h"

#include "core/runtime/system_clock.h"

namespace pf::abi {

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

Rng& system_rng() {
  static SystemRng rng;
  return rng;
}

Nanos unix_offset() noexcept {
  static const Nanos offset = wire_offset_now();
  return offset;
}

std::uint64_t since_unix_epoch(LocalTime time) noexcept {
  return static_cast<std::uint64_t>((time.since_epoch() + unix_offset()).count());
}

}  // namespace pf::abi
