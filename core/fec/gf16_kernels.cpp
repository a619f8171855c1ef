#include "core/fec/gf16_kernels.h"

#include <array>

namespace pf::fec {

#if defined(__x86_64__)
extern const Gf16Kernels gf16_avx2_kernels;
extern const Gf16Kernels gf16_gfni_kernels;
#endif

namespace {

constexpr std::array kKernels {
  &gf16_reference_kernels,
#if defined(__x86_64__)
      &gf16_avx2_kernels, &gf16_gfni_kernels,
#endif
};

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
