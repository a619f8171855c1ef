#include "core/fec/fec_kernels.h"

#include <array>

namespace pf::fec {

#if defined(__x86_64__)
extern const FecKernels gf16_ssse3_kernels, gf16_avx2_kernels, gf16_avx2_gfni_kernels,
    gf16_avx512_gfni_kernels;
extern const FecKernels gf8_ssse3_kernels, gf8_avx2_kernels, gf8_avx2_gfni_kernels,
    gf8_avx512_gfni_kernels;
#elif defined(__aarch64__)
extern const FecKernels gf16_neon_kernels, gf8_neon_kernels;
#endif

namespace {

constexpr std::array kGf16Kernels {
  &gf16_reference_kernels,
#if defined(__x86_64__)
      &gf16_ssse3_kernels, &gf16_avx2_kernels, &gf16_avx2_gfni_kernels, &gf16_avx512_gfni_kernels,
#elif defined(__aarch64__)
      &gf16_neon_kernels,
#endif
};

constexpr std::array kGf8Kernels {
  &gf8_reference_kernels,
#if defined(__x86_64__)
      &gf8_ssse3_kernels, &gf8_avx2_kernels, &gf8_avx2_gfni_kernels, &gf8_avx512_gfni_kernels,
#elif defined(__aarch64__)
      &gf8_neon_kernels,
#endif
};

const FecKernels& fastest(std::span<const FecKernels* const> candidates) noexcept {
  const FecKernels* best = candidates.front();
  for (const FecKernels* kernels : candidates) {
    if (kernels->runs_here()) best = kernels;
  }
  return *best;
}

}  // namespace

std::span<const FecKernels* const> all_gf16_kernels() noexcept { return kGf16Kernels; }
std::span<const FecKernels* const> all_gf8_kernels() noexcept { return kGf8Kernels; }

const FecKernels& best_gf16_kernels() noexcept { return fastest(kGf16Kernels); }
const FecKernels& best_gf8_kernels() noexcept { return fastest(kGf8Kernels); }

}  // namespace pf::fec
