// What an operator wishes of a session while it runs, besides its end. Its door carries it out, as
// far as its protocol allows.
#pragma once

#include <cstdint>
#include <variant>

#include "core/base/display_mode.h"

namespace pf::session {

struct ForceKeyframe {};
struct BitrateCap {  // this from now on, and whatever the client wishes later, never more
  std::uint32_t bitrate_kbps = 0;
};
using OperatorWish = std::variant<ForceKeyframe, DisplayMode, BitrateCap>;

}  // namespace pf::session
