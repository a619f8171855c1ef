// A sweep as a picture: frames delivered against packets lost, a panel for each frame size, code
// and pattern of loss. Lines are the theoretical bound, dots what was measured.
#pragma once

#include <string>
#include <vector>

#include "tools/loss-harness/sweep.h"

namespace pf::loss_harness {

// A whole SVG document.
std::string svg_plot(const SweepPlan& plan, const std::vector<Curve>& curves);

}  // namespace pf::loss_harness
