// The plain kernel: readable beside the formula, and the judge of the fast ones. It also does what
// they leave: edges of odd images and columns that do not fill a vector.
#pragma once

#include "host/convert/kernels.h"

namespace pf::convert {

void convert_reference(const capture::CpuImage& from, const RectPx& area, const YuvPlanes& to,
                       const Coefficients& colour) noexcept;

}  // namespace pf::convert
