#include "host/convert/kernels.h"

#include "host/convert/avx2.h"
#include "host/convert/reference.h"

namespace pf::convert {
namespace {

constexpr Kernel kKernels[] = {
    {"reference", []() noexcept { return true; }, convert_reference},
    {"avx2", avx2_runs_here, convert_avx2},
};

// By Matrix; limited range, then full.
constexpr Coefficients kCoefficients[][2] = {
    {make_coefficients(0.299, 0.114, false), make_coefficients(0.299, 0.114, true)},
    {kBt709Limited, make_coefficients(bt709::kRed, bt709::kBlue, true)},
    {make_coefficients(0.2627, 0.0593, false), make_coefficients(0.2627, 0.0593, true)},
};

}  // namespace

const Coefficients& coefficients_of(const YuvColour& colour) noexcept {
  return kCoefficients[static_cast<std::size_t>(colour.matrix)][colour.full_range ? 1 : 0];
}

std::span<const Kernel> kernels() noexcept { return kKernels; }

const Kernel& fastest_kernel() noexcept {
  const Kernel* fastest = &kKernels[0];
  for (const Kernel& kernel : kKernels) {
    if (kernel.runs_here()) fastest = &kernel;
  }
  return *fastest;
}

}  // namespace pf::convert
