// What this machine offers for sessions: ways to make a display, encoders. Found out when somebody
// asks, never on the way of a picture.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/display_mode.h"

namespace pf::admin {

struct Backend {
  std::string name;
  std::string reason;            // why it cannot be used, for people; empty: it can
  bool chosen = false;           // new sessions use it
  std::string description = {};  // "x264 core 164, ultrafast"; empty: it has none, or is of no use
  // Of encoders that can be used.
  std::string codec = {};
  std::optional<SizePx> largest_px = {};
};

// Any thread; may take a tenth of a second the first time.
struct EquipmentControl {
  std::function<std::vector<Backend>()> displays;  // empty functions: not known
  std::function<std::vector<Backend>()> encoders;
};

}  // namespace pf::admin
