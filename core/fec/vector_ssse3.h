// SSSE3 as vector_passes.h wants it: a product with a byte is two look-ups in tables of 16 entries
// (pshufb), one for each half of the byte.
//
// Included inside an anonymous namespace, after <immintrin.h>.

#define PF_KERNEL_TARGET __attribute__((target("ssse3")))
#define PF_VECTOR PF_KERNEL_TARGET __attribute__((always_inline)) inline

using Vec = __m128i;
constexpr std::size_t kVecBytes = 16;
constexpr unsigned kPassLayers = 3;
constexpr unsigned kGeneralPassLayers = 2;
constexpr unsigned kProductTargets = 2;
constexpr unsigned kProductBlocks = 1;

PF_VECTOR Vec load_vec(const std::byte* from) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}
PF_VECTOR void store_vec(std::byte* to, Vec vec) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), vec);
}
PF_VECTOR Vec zero_vec() { return _mm_setzero_si128(); }
PF_VECTOR Vec add_vecs(Vec a, Vec b) { return _mm_xor_si128(a, b); }

using StoredMap = NibbleTables;
inline StoredMap stored_map(const ByteMap& map) noexcept { return nibble_tables(map); }
struct Map {
  Vec low;
  Vec high;
};
PF_VECTOR Map spread_map(const StoredMap& map) {
  return {_mm_load_si128(reinterpret_cast<const __m128i*>(map.low.data())),
          _mm_load_si128(reinterpret_cast<const __m128i*>(map.high.data()))};
}

struct Prepared {
  Vec low;
  Vec high;
};
PF_VECTOR Prepared prepare(Vec vec) {
  const Vec mask = _mm_set1_epi8(0x0F);
  return {_mm_and_si128(vec, mask), _mm_and_si128(_mm_srli_epi64(vec, 4), mask)};
}
PF_VECTOR Vec apply_map(const Map& map, const Prepared& bytes) {
  return add_vecs(_mm_shuffle_epi8(map.low, bytes.low), _mm_shuffle_epi8(map.high, bytes.high));
}

#include "core/fec/vector_blocks.h"

inline bool runs_here() noexcept { return __builtin_cpu_supports("ssse3"); }
