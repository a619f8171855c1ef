// Adding up what changed, when pictures are dropped.
#pragma once

#include "host/capture/raw_frame.h"

namespace pf::capture {

// `sum` becomes what changed over both. Empty means all of it, on either side and in the result.
// What does not fit into the list becomes one rectangle around everything.
void add_damage(Damage& sum, const Damage& more);

}  // namespace pf::capture
