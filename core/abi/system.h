// The library's clock and randomness: it is the program here, so it makes its own.
#pragma once

#include <cstdint>

#include "core/base/rng.h"
#include "core/base/time.h"

namespace pf::abi {

const Clock& system_clock();
Rng& system_rng();  // any thread

// From a LocalTime to CLOCK_REALTIME. One for the process, so that stamps do not jump when somebody
// sets the clock.
Nanos unix_offset() noexcept;
std::uint64_t since_unix_epoch(LocalTime time) noexcept;

}  // namespace pf::abi
