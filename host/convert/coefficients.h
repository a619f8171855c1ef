// The numbers that all conversion kernels share: BT.709 limited range in 15-bit fixed point.
#pragma once

#include <cstdint>

#include "core/base/bt709.h"

namespace pf::convert {

inline constexpr int kShift = 15;
inline constexpr int kChromaShift = kShift + 2;  // chroma starts from the sum of four pixels

struct Weights {
  std::int16_t b, g, r;
};

constexpr std::int16_t to_fixed(double weight) noexcept {
  const double scaled = weight * (1 << kShift);
  return static_cast<std::int16_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
}

constexpr Weights luma_weights() noexcept {
  constexpr double gain = 219.0 / 255.0;
  const std::int16_t b = to_fixed(gain * bt709::kBlue), r = to_fixed(gain * bt709::kRed);
  // Green takes what is left, so that white is exactly 235.
  return {b, static_cast<std::int16_t>(to_fixed(gain) - b - r), r};
}
constexpr Weights u_weights() noexcept {
  constexpr double gain = 224.0 / 255.0 / bt709::kCbScale;
  const std::int16_t b = to_fixed(gain * (1 - bt709::kBlue)), r = to_fixed(-gain * bt709::kRed);
  // The weights add up to nothing, so that grey has no colour.
  return {b, static_cast<std::int16_t>(-b - r), r};
}
constexpr Weights v_weights() noexcept {
  constexpr double gain = 224.0 / 255.0 / bt709::kCrScale;
  const std::int16_t b = to_fixed(-gain * bt709::kBlue), r = to_fixed(gain * (1 - bt709::kRed));
  return {b, static_cast<std::int16_t>(-b - r), r};
}

inline constexpr Weights kLuma = luma_weights();
inline constexpr Weights kU = u_weights();
inline constexpr Weights kV = v_weights();
// Offset of the range plus one half for rounding.
inline constexpr std::int32_t kLumaBias = (16 << kShift) + (1 << (kShift - 1));
inline constexpr std::int32_t kChromaBias = (128 << kChromaShift) + (1 << (kChromaShift - 1));

}  // namespace pf::convert
