#include "host/convert/kernels.h"

#include "host/convert/avx2.h"
#include "host/convert/reference.h"

namespace pf::convert {
namespace {

constexpr Kernel kKernels[] = {
    {"reference", []() noexcept { return true; }, convert_reference},
    {"avx2", avx2_runs_here, convert_avx2},
};

}  // namespace

std::span<const Kernel> kernels() noexcept { return kKernels; }

const Kernel& fastest_kernel() noexcept {
  const Kernel* fastest = &kKernels[0];
  for (const Kernel& kernel : kKernels) {
    if (kernel.runs_here()) fastest = &kernel;
  }
  return *fastest;
}

}  // namespace pf::convert
