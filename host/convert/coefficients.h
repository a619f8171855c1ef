// The numbers that all conversion kernels share: Y'CbCr weights in 15-bit fixed point.
#pragma once

#include <cstdint>

#include "core/base/bt709.h"

namespace pf::convert {

inline constexpr int kShift = 15;
inline constexpr int kChromaShift = kShift + 2;  // chroma starts from the sum of four pixels
// The middle plus one half for rounding. In full range the purest colours round to 256: kernels
// saturate.
inline constexpr std::int32_t kChromaBias = (128 << kChromaShift) + (1 << (kChromaShift - 1));

struct Weights {
  std::int16_t b, g, r;
};

struct Coefficients {
  Weights luma, u, v;
  std::int32_t luma_bias = 0;  // offset of the range plus one half for rounding
};

constexpr std::int32_t to_fixed(double weight) noexcept {
  const double scaled = weight * (1 << kShift);
  return static_cast<std::int32_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
}

// Green takes what red and blue leave of `sum`, so that white is exact and grey has no colour.
constexpr Weights weights(double blue, double red, double sum) noexcept {
  const std::int32_t b = to_fixed(blue), r = to_fixed(red);
  return {static_cast<std::int16_t>(b), static_cast<std::int16_t>(to_fixed(sum) - b - r),
          static_cast<std::int16_t>(r)};
}

// By the luma weights of red and blue (H.273 table 4, equations 38 and 39).
constexpr Coefficients make_coefficients(double red, double blue, bool full_range) noexcept {
  const double luma = full_range ? 1.0 : 219.0 / 255.0;
  const double chroma = full_range ? 1.0 : 224.0 / 255.0;
  const double cb = chroma / (2 * (1 - blue)), cr = chroma / (2 * (1 - red));
  return {.luma = weights(luma * blue, luma * red, luma),
          .u = weights(cb * (1 - blue), -cb * red, 0),
          .v = weights(-cr * blue, cr * (1 - red), 0),
          .luma_bias = ((full_range ? 0 : 16) << kShift) + (1 << (kShift - 1))};
}

inline constexpr Coefficients kBt709Limited = make_coefficients(bt709::kRed, bt709::kBlue, false);

}  // namespace pf::convert
