// Sixteen pixels of two rows at a time with AVX2.
#pragma once

#include "host/convert/kernels.h"

namespace pf::convert {

bool avx2_runs_here() noexcept;
void convert_avx2(const capture::CpuImage& from, const RectPx& area, const YuvPlanes& to,
                  const Coefficients& colour) noexcept;

}  // namespace pf::convert
