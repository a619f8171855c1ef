// A picture of what a session shows, for people who look after the host.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/display_mode.h"
#include "core/base/time.h"

namespace pf::stills {

struct Still {
  std::string jpeg;  // a whole file
  SizePx size_px;
  LocalTime taken_at;
};

// What making them has cost since the host started.
struct StillCost {
  std::uint64_t made = 0;
  Nanos cpu{0};  // of a processor, the compositor's part not included
};

}  // namespace pf::stills
