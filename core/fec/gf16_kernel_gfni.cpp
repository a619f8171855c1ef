// AVX-512 with GFNI: a product with a byte of the subfield is one affine instruction on 64 bytes; a
// whole block, low and high bytes, is one register.
#if defined(__x86_64__)  // an instruction set is a platform of its own

#include <immintrin.h>

#include <cstring>

#include "core/fec/gf16_kernels.h"
#include "core/fec/gf16_subfield.h"

#define PF_KERNEL_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,gfni")))
#define PF_KERNEL_INLINE PF_KERNEL_TARGET __attribute__((always_inline)) inline

namespace pf::fec {
namespace {

// A map as vgf2p8affineqb takes it: row i (output bit i) in byte 7 - i, its bit j the weight of
// input bit j.
std::uint64_t matrix_of(const ByteMap& map) noexcept {
  std::uint64_t matrix = 0;
  for (unsigned out = 0; out < 8; ++out) {
    for (unsigned in = 0; in < 8; ++in) {
      if (map[in] >> out & 1) matrix |= std::uint64_t{1} << (8 * (7 - out) + in);
    }
  }
  return matrix;
}

struct Matrices {
  Matrices() noexcept : basis_map(basis_change()), basis(matrix_of(basis_map)) {
    for (unsigned factor = 0; factor < 256; ++factor) {
      by[factor] = matrix_of(multiplication_by(static_cast<std::uint8_t>(factor)));
    }
  }
  ByteMap basis_map;
  std::uint64_t basis;
  std::array<std::uint64_t, 256> by;
};

const Matrices& matrices() noexcept {
  static const Matrices built;
  return built;
}

using Block = __m512i;

PF_KERNEL_INLINE Block load_block(const std::byte* from) { return _mm512_loadu_si512(from); }
PF_KERNEL_INLINE void store_block(std::byte* to, Block block) { _mm512_storeu_si512(to, block); }
PF_KERNEL_INLINE Block add_blocks(Block a, Block b) { return _mm512_xor_si512(a, b); }

// The unmasked form trips -Wmaybe-uninitialized inside g++ 12's own header; both compile to the
// same instruction.
PF_KERNEL_INLINE Block swap_halves(Block block) {
  return _mm512_maskz_shuffle_i64x2(0xFF, block, block, 0x4E);
}

// `low` for the 32 low bytes, `high` for the 32 high bytes.
PF_KERNEL_INLINE Block matrix_pair(std::uint64_t low, std::uint64_t high) {
  return _mm512_mask_set1_epi64(_mm512_set1_epi64(static_cast<long long>(low)), 0xF0,
                                static_cast<long long>(high));
}

using Basis = Block;
PF_KERNEL_INLINE Basis make_basis() {
  return _mm512_set1_epi64(static_cast<long long>(matrices().basis));
}
PF_KERNEL_INLINE Block change_basis(Block block, Basis basis) {
  const Block high_below = _mm512_maskz_shuffle_i64x2(0x0F, block, block, 0x4E);
  return add_blocks(block, _mm512_gf2p8affine_epi64_epi8(high_below, basis, 0));
}

template <bool kSubfield>
struct Factor {
  Block straight;
  Block crossed;  // only outside the subfield
};

template <bool kSubfield>
PF_KERNEL_INLINE Factor<kSubfield> make_factor(Gf16 factor) {
  const Matrices& all = matrices();
  if constexpr (kSubfield) {
    const Block both = _mm512_set1_epi64(static_cast<long long>(all.by[factor]));
    return {both, both};
  } else {
    const SubfieldFactor parts = split_factor(factor, all.basis_map);
    return {matrix_pair(all.by[parts.low_from_low], all.by[parts.high_from_high]),
            matrix_pair(all.by[parts.low_from_high], all.by[parts.high_from_low])};
  }
}

template <bool kSubfield>
PF_KERNEL_INLINE Block multiply_block(Block block, const Factor<kSubfield>& factor) {
  const Block straight = _mm512_gf2p8affine_epi64_epi8(block, factor.straight, 0);
  if constexpr (kSubfield) return straight;
  return add_blocks(straight, _mm512_gf2p8affine_epi64_epi8(swap_halves(block), factor.crossed, 0));
}

#include "core/fec/gf16_passes.h"

bool runs_here() noexcept {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("gfni");
}

}  // namespace

extern const Gf16Kernels gf16_gfni_kernels{
    .name = "avx512_gfni",
    .runs_here = runs_here,
    .load = load,
    .store = store,
    .add = add,
    .scale = scale,
    .inverse2 = inverse2,
    .forward2 = forward2,
    .inverse4 = inverse4,
    .forward4 = forward4,
};

}  // namespace pf::fec

#endif
