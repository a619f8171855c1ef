#include "host/convert/avx2.h"

#include <algorithm>

#include "host/convert/reference.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define PF_AVX2 __attribute__((target("avx2")))

namespace pf::convert {
namespace {

constexpr std::uint32_t kStepPx = 16;

// A pixel B, G, R, X becomes two 32-bit lanes of 16-bit pairs, (B, R) and (G, X), because the
// multiply-add that keeps 32 bits takes pairs. X has the weight 0, so it may hold anything.
struct Pairs {
  __m256i br, gx;
};

struct PairWeights {
  __m256i br, gx;
};

PF_AVX2 inline PairWeights broadcast(const Weights& weights) noexcept {
  const auto br = static_cast<std::int32_t>(
      static_cast<std::uint32_t>(static_cast<std::uint16_t>(weights.b)) |
      static_cast<std::uint32_t>(static_cast<std::uint16_t>(weights.r)) << 16);
  return {_mm256_set1_epi32(br), _mm256_set1_epi32(static_cast<std::uint16_t>(weights.g))};
}

PF_AVX2 inline Pairs load(const std::byte* at) noexcept {
  const __m256i pixels = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
  return {_mm256_and_si256(pixels, _mm256_set1_epi32(0x00FF00FF)), _mm256_srli_epi16(pixels, 8)};
}

PF_AVX2 inline __m256i dot(const Pairs& c, const PairWeights& weights) noexcept {
  return _mm256_add_epi32(_mm256_madd_epi16(c.br, weights.br), _mm256_madd_epi16(c.gx, weights.gx));
}

PF_AVX2 inline __m256i luma(const Pairs& c, const PairWeights& weights, __m256i bias) noexcept {
  return _mm256_srli_epi32(_mm256_add_epi32(dot(c, weights), bias), kShift);
}

PF_AVX2 inline __m256i chroma(const Pairs& sum, const PairWeights& weights) noexcept {
  return _mm256_srli_epi32(_mm256_add_epi32(dot(sum, weights), _mm256_set1_epi32(kChromaBias)),
                           kChromaShift);
}

// 16-bit lanes in the order 0-3, 8-11, 4-7, 12-15, as packing within 128-bit halves leaves them, to
// 16 bytes.
PF_AVX2 inline __m128i to_bytes(__m256i words) noexcept {
  const __m256i ordered = _mm256_permute4x64_epi64(words, 0xD8);
  return _mm_packus_epi16(_mm256_castsi256_si128(ordered), _mm256_extracti128_si256(ordered, 1));
}

PF_AVX2 inline void store_luma(std::uint8_t* at, const Pairs& left, const Pairs& right,
                               const PairWeights& weights, __m256i bias) noexcept {
  const __m256i words = _mm256_packs_epi32(luma(left, weights, bias), luma(right, weights, bias));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(at), to_bytes(words));
}

// Sums of horizontal neighbours of `left` and `right`, 16-bit lane by lane.
PF_AVX2 inline __m256i add_neighbours(__m256i left, __m256i right) noexcept {
  const __m256 a = _mm256_castsi256_ps(left), b = _mm256_castsi256_ps(right);
  return _mm256_add_epi16(_mm256_castps_si256(_mm256_shuffle_ps(a, b, 0x88)),
                          _mm256_castps_si256(_mm256_shuffle_ps(a, b, 0xDD)));
}

PF_AVX2 inline void store_chroma(const YuvPlanes& to, std::uint32_t x, std::uint32_t y,
                                 __m128i pairs) noexcept {
  if (to.layout == ChromaLayout::nv12) {
    std::uint8_t* const at = to.planes[1] + std::size_t{y} * to.stride_bytes[1] + x * 2;
    _mm_storeu_si128(reinterpret_cast<__m128i*>(at), pairs);
    return;
  }
  const __m128i apart =
      _mm_shuffle_epi8(pairs, _mm_setr_epi8(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15));
  std::uint8_t* const u = to.planes[1] + std::size_t{y} * to.stride_bytes[1] + x;
  std::uint8_t* const v = to.planes[2] + std::size_t{y} * to.stride_bytes[2] + x;
  _mm_storel_epi64(reinterpret_cast<__m128i*>(u), apart);
  _mm_storel_epi64(reinterpret_cast<__m128i*>(v), _mm_srli_si128(apart, 8));
}

// `area` is a multiple of kStepPx wide and within the image.
PF_AVX2 void convert_whole_steps(const capture::CpuImage& from, const RectPx& area,
                                 const YuvPlanes& to, const Coefficients& colour) noexcept {
  const PairWeights y_weights = broadcast(colour.luma), u_weights = broadcast(colour.u),
                    v_weights = broadcast(colour.v);
  const __m256i bias = _mm256_set1_epi32(colour.luma_bias);
  for (std::uint32_t y = area.y; y < area.y + area.height; y += 2) {
    const std::byte* const upper = from.pixels + std::size_t{y} * from.stride_bytes;
    const std::byte* const lower = upper + from.stride_bytes;
    std::uint8_t* const upper_luma = to.planes[0] + std::size_t{y} * to.stride_bytes[0];
    std::uint8_t* const lower_luma = upper_luma + to.stride_bytes[0];
    for (std::uint32_t x = area.x; x < area.x + area.width; x += kStepPx) {
      const std::size_t at = std::size_t{x} * 4;
      const Pairs a = load(upper + at), b = load(upper + at + 32);
      const Pairs c = load(lower + at), d = load(lower + at + 32);
      store_luma(upper_luma + x, a, b, y_weights, bias);
      store_luma(lower_luma + x, c, d, y_weights, bias);
      const Pairs sum{add_neighbours(_mm256_add_epi16(a.br, c.br), _mm256_add_epi16(b.br, d.br)),
                      add_neighbours(_mm256_add_epi16(a.gx, c.gx), _mm256_add_epi16(b.gx, d.gx))};
      const __m256i u = chroma(sum, u_weights), v = chroma(sum, v_weights);
      store_chroma(to, x / 2, y / 2, to_bytes(_mm256_or_si256(u, _mm256_slli_epi32(v, 16))));
    }
  }
}

}  // namespace

bool avx2_runs_here() noexcept { return __builtin_cpu_supports("avx2") != 0; }

void convert_avx2(const capture::CpuImage& from, const RectPx& area, const YuvPlanes& to,
                  const Coefficients& colour) noexcept {
  // The last column or row of an odd image is the reference's business.
  const std::uint32_t even_width = from.size_px.width & ~1u,
                      even_height = from.size_px.height & ~1u;
  RectPx inner = area;
  inner.height = area.y < even_height ? std::min(area.height, even_height - area.y) : 0;
  const std::uint32_t within = area.x < even_width ? std::min(area.width, even_width - area.x) : 0;
  inner.width = within / kStepPx * kStepPx;
  convert_whole_steps(from, inner, to, colour);
  convert_reference(from, {area.x + inner.width, area.y, area.width - inner.width, inner.height},
                    to, colour);
  convert_reference(from, {area.x, area.y + inner.height, area.width, area.height - inner.height},
                    to, colour);
}

}  // namespace pf::convert

#else

namespace pf::convert {
bool avx2_runs_here() noexcept { return false; }
void convert_avx2(const capture::CpuImage& from, const RectPx& area, const YuvPlanes& to,
                  const Coefficients& colour) noexcept {
  convert_reference(from, area, to, colour);
}
}  // namespace pf::convert

#endif
