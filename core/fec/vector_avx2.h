// AVX2 as vector_passes.h wants it: a product with a byte is two look-ups in tables of 16 entries
// (vpshufb), one for each half of the byte.
//
// Included inside an anonymous namespace, after <immintrin.h>.

#define PF_KERNEL_TARGET __attribute__((target("avx2")))
#define PF_VECTOR PF_KERNEL_TARGET __attribute__((always_inline)) inline

#include "core/fec/vector_256.h"

using StoredMap = NibbleTables;
inline StoredMap stored_map(const ByteMap& map) noexcept { return nibble_tables(map); }
struct Map {
  Vec low;
  Vec high;
};
PF_VECTOR Vec spread_table(const std::array<std::uint8_t, 16>& entries) {
  return _mm256_broadcastsi128_si256(
      _mm_load_si128(reinterpret_cast<const __m128i*>(entries.data())));
}
PF_VECTOR Map spread_map(const StoredMap& map) {
  return {spread_table(map.low), spread_table(map.high)};
}

struct Prepared {
  Vec low;
  Vec high;
};
PF_VECTOR Prepared prepare(Vec vec) {
  const Vec mask = _mm256_set1_epi8(0x0F);
  return {_mm256_and_si256(vec, mask), _mm256_and_si256(_mm256_srli_epi64(vec, 4), mask)};
}
PF_VECTOR Vec apply_map(const Map& map, const Prepared& bytes) {
  return add_vecs(_mm256_shuffle_epi8(map.low, bytes.low),
                  _mm256_shuffle_epi8(map.high, bytes.high));
}

#include "core/fec/vector_blocks.h"

inline bool runs_here() noexcept { return __builtin_cpu_supports("avx2"); }
