// Vectors of 32 bytes: what AVX2 has with and without GFNI. Part of vector_avx2.h and
// vector_avx2_gfni.h, included after their PF_VECTOR.

using Vec = __m256i;
constexpr std::size_t kVecBytes = 32;
constexpr unsigned kPassLayers = 3;
constexpr unsigned kGeneralPassLayers = 2;
constexpr unsigned kProductTargets = 4;
constexpr unsigned kProductBlocks = 1;

PF_VECTOR Vec load_vec(const std::byte* from) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}
PF_VECTOR void store_vec(std::byte* to, Vec vec) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), vec);
}
PF_VECTOR Vec zero_vec() { return _mm256_setzero_si256(); }
PF_VECTOR Vec add_vecs(Vec a, Vec b) { return _mm256_xor_si256(a, b); }
