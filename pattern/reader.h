// Reads the stamps out of a decoded coded picture.
#pragma once

#include <optional>

#include "pattern/canvas.h"
#include "pattern/stamp.h"

namespace pf::pattern {

struct Reading {
  Stamp stamp;        // of the top band, or of the bottom band where the top one is unreadable
  bool torn = false;  // the bands do not say the same
};

// Empty: no coded picture, or one damaged beyond reading, or of a size that cannot hold the code.
// Costs some 30 000 pixel reads at 720p; needs luma only.
std::optional<Reading> read_picture(const YuvView& picture) noexcept;

}  // namespace pf::pattern
