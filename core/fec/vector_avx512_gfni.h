// AVX-512 with GFNI as vector_passes.h wants it: a product with a byte is one affine instruction on
// 64 bytes, and a whole block of GF(2^16), low and high bytes, is one register.
//
// Included inside an anonymous namespace, after <immintrin.h>.

#define PF_KERNEL_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,gfni")))
#define PF_VECTOR PF_KERNEL_TARGET __attribute__((always_inline)) inline

using Vec = __m512i;
constexpr std::size_t kVecBytes = 64;
constexpr unsigned kPassLayers = 4;
constexpr unsigned kGeneralPassLayers = 4;
constexpr unsigned kProductTargets = 6;  // 6 x 4 sums in registers
constexpr unsigned kProductBlocks = 4;

PF_VECTOR Vec load_vec(const std::byte* from) { return _mm512_loadu_si512(from); }
PF_VECTOR void store_vec(std::byte* to, Vec vec) { _mm512_storeu_si512(to, vec); }
PF_VECTOR Vec zero_vec() { return _mm512_setzero_si512(); }
PF_VECTOR Vec add_vecs(Vec a, Vec b) { return _mm512_xor_si512(a, b); }
PF_VECTOR Vec add_vecs(Vec a, Vec b, Vec c) { return _mm512_ternarylogic_epi64(a, b, c, 0x96); }

// A map in memory, and in a register. The instruction takes it from memory as it is.
using StoredMap = std::uint64_t;
inline StoredMap stored_map(const ByteMap& map) noexcept { return affine_matrix(map); }
using Map = Vec;
PF_VECTOR Map spread_map(const StoredMap& map) {
  return _mm512_set1_epi64(static_cast<long long>(map));
}
PF_VECTOR Vec apply_map(Map map, Vec vec) { return _mm512_gf2p8affine_epi64_epi8(vec, map, 0); }

using Prepared = Vec;  // what a vector needs only once for many maps: nothing
PF_VECTOR Prepared prepare(Vec vec) { return vec; }

// Blocks of GF(2^16).

using Block = Vec;
using PreparedBlock = Vec;
PF_VECTOR Block load_block(const std::byte* from) { return load_vec(from); }
PF_VECTOR void store_block(std::byte* to, Block block) { store_vec(to, block); }
PF_VECTOR Block zero_block() { return zero_vec(); }
PF_VECTOR Block add_blocks(Block a, Block b) { return add_vecs(a, b); }
PF_VECTOR Block add_blocks(Block a, Block b, Block c) { return add_vecs(a, b, c); }
PF_VECTOR PreparedBlock prepare_block(Block block) { return block; }
PF_VECTOR Block apply_to_block(Map map, PreparedBlock block) { return apply_map(map, block); }

// Between element and row form: low bytes ^= B(high bytes).
PF_VECTOR Block change_basis(Block block, Map basis) {
  // The zero-masking form, with the high half zeroed.
  const Block high_below = _mm512_maskz_shuffle_i64x2(0x0F, block, block, 0x4E);
  return add_blocks(block, apply_map(basis, high_below));
}

PF_VECTOR Vec load_low_vec(const std::byte* from, Map basis) {
  return change_basis(load_vec(from), basis);
}
PF_VECTOR void store_low_vec(std::byte* to, Vec vec, Map basis) {
  store_vec(to, change_basis(vec, basis));
}

// d times the block, for d = 0x100: (0x80 hi, lo + hi).
PF_VECTOR Block times_d(Block block, Map times_80) {
  // The unmasked shuffle trips -Wmaybe-uninitialized inside g++ 12's own header.
  const Block swapped = _mm512_maskz_shuffle_i64x2(0xFF, block, block, 0x4E);
  const Block low = apply_map(times_80, swapped);
  return _mm512_mask_xor_epi64(low, 0xF0, swapped, block);
}

inline bool runs_here() noexcept {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("gfni");
}
