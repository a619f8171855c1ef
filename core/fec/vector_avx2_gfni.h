// AVX2 with GFNI as vector_passes.h wants it, for client CPUs without AVX-512: a product with a
// byte is one affine instruction on 32 bytes.
//
// Included inside an anonymous namespace, after <immintrin.h>.

#define PF_KERNEL_TARGET __attribute__((target("avx2,gfni")))
#define PF_VECTOR PF_KERNEL_TARGET __attribute__((always_inline)) inline

#include "core/fec/vector_256.h"

using StoredMap = std::uint64_t;
inline StoredMap stored_map(const ByteMap& map) noexcept { return affine_matrix(map); }
using Map = Vec;
PF_VECTOR Map spread_map(const StoredMap& map) {
  return _mm256_set1_epi64x(static_cast<long long>(map));
}
PF_VECTOR Vec apply_map(Map map, Vec vec) { return _mm256_gf2p8affine_epi64_epi8(vec, map, 0); }

using Prepared = Vec;  // what a vector needs only once for many maps: nothing
PF_VECTOR Prepared prepare(Vec vec) { return vec; }

#include "core/fec/vector_blocks.h"

inline bool runs_here() noexcept {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("gfni");
}
