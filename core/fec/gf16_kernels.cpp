#include "core/fec/gf16_kernels.h"

#include <array>

namespace pf::fec {
namespace {

constexpr std::array<const Gf16Kernels*, 1> kKernels{&gf16_reference_kernels};

}  // namespace

std::span<const Gf16Kernels* const> all_gf16_kernels() noexcept { return kKernels; }

const Gf16Kernels& best_gf16_kernels() noexcept {
  const Gf16Kernels* best = &gf16_reference_kernels;
  for (const Gf16Kernels* kernels : kKernels) {
    if (kernels->runs_here()) best = kernels;
  }
  return *best;
}

}  // namespace pf::fec
