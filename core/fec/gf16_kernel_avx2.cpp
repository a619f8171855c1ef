// AVX2: a product with a byte of the subfield is two table look-ups of 16 entries (pshufb), one for
// each half of the byte; a block is two registers, its low and its high bytes.
#if defined(__x86_64__)  // an instruction set is a platform of its own

#include <immintrin.h>

#include <cstring>

#include "core/fec/gf16_kernels.h"
#include "core/fec/gf16_subfield.h"

#define PF_KERNEL_TARGET __attribute__((target("avx2")))
#define PF_KERNEL_INLINE PF_KERNEL_TARGET __attribute__((always_inline)) inline

namespace pf::fec {
namespace {

struct alignas(32) Nibbles {  // a map of bytes: images of 0x00 … 0x0F, then of 0x00, 0x10 … 0xF0
  std::array<std::uint8_t, 16> low;
  std::array<std::uint8_t, 16> high;
};

Nibbles nibbles_of(const ByteMap& map) noexcept {
  Nibbles nibbles;
  for (unsigned i = 0; i < 16; ++i) {
    nibbles.low[i] = apply(map, static_cast<std::uint8_t>(i));
    nibbles.high[i] = apply(map, static_cast<std::uint8_t>(i << 4));
  }
  return nibbles;
}

struct Tables {
  Tables() noexcept : basis_map(basis_change()), basis(nibbles_of(basis_map)) {
    for (unsigned factor = 0; factor < 256; ++factor) {
      by[factor] = nibbles_of(multiplication_by(static_cast<std::uint8_t>(factor)));
    }
  }
  ByteMap basis_map;
  Nibbles basis;
  std::array<Nibbles, 256> by;
};

const Tables& tables() noexcept {
  static const Tables built;
  return built;
}

struct Block {
  __m256i low;
  __m256i high;
};

PF_KERNEL_INLINE __m256i load_half(const std::byte* from) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}
PF_KERNEL_INLINE Block load_block(const std::byte* from) {
  return {load_half(from), load_half(from + 32)};
}
PF_KERNEL_INLINE void store_block(std::byte* to, Block block) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), block.low);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + 32), block.high);
}
PF_KERNEL_INLINE Block add_blocks(Block a, Block b) {
  return {_mm256_xor_si256(a.low, b.low), _mm256_xor_si256(a.high, b.high)};
}

struct Map {  // of 32 bytes at once
  __m256i low;
  __m256i high;
};

PF_KERNEL_INLINE __m256i broadcast(const std::array<std::uint8_t, 16>& entries) {
  return _mm256_broadcastsi128_si256(
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(entries.data())));
}
PF_KERNEL_INLINE Map make_map(const Nibbles& nibbles) {
  return {broadcast(nibbles.low), broadcast(nibbles.high)};
}
PF_KERNEL_INLINE __m256i map_bytes(__m256i bytes, const Map& map) {
  const __m256i mask = _mm256_set1_epi8(0x0F);
  const __m256i low = _mm256_and_si256(bytes, mask);
  const __m256i high = _mm256_and_si256(_mm256_srli_epi64(bytes, 4), mask);
  return _mm256_xor_si256(_mm256_shuffle_epi8(map.low, low), _mm256_shuffle_epi8(map.high, high));
}

using Basis = Map;
PF_KERNEL_INLINE Basis make_basis() { return make_map(tables().basis); }
PF_KERNEL_INLINE Block change_basis(Block block, const Basis& basis) {
  return {_mm256_xor_si256(block.low, map_bytes(block.high, basis)), block.high};
}

template <bool kSubfield>
struct Factor;
template <>
struct Factor<true> {
  Map both;
};
template <>
struct Factor<false> {
  Map low_from_low, low_from_high, high_from_high, high_from_low;
};

template <bool kSubfield>
PF_KERNEL_INLINE Factor<kSubfield> make_factor(Gf16 factor) {
  const Tables& all = tables();
  if constexpr (kSubfield) {
    return {make_map(all.by[factor])};
  } else {
    const SubfieldFactor parts = split_factor(factor, all.basis_map);
    return {make_map(all.by[parts.low_from_low]), make_map(all.by[parts.low_from_high]),
            make_map(all.by[parts.high_from_high]), make_map(all.by[parts.high_from_low])};
  }
}

template <bool kSubfield>
PF_KERNEL_INLINE Block multiply_block(Block block, const Factor<kSubfield>& factor) {
  if constexpr (kSubfield) {
    return {map_bytes(block.low, factor.both), map_bytes(block.high, factor.both)};
  } else {
    return {_mm256_xor_si256(map_bytes(block.low, factor.low_from_low),
                             map_bytes(block.high, factor.low_from_high)),
            _mm256_xor_si256(map_bytes(block.high, factor.high_from_high),
                             map_bytes(block.low, factor.high_from_low))};
  }
}

#include "core/fec/gf16_passes.h"

bool runs_here() noexcept { return __builtin_cpu_supports("avx2"); }

}  // namespace

extern const Gf16Kernels gf16_avx2_kernels{
    .name = "avx2",
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
