// ITU-R BT.709 in exact arithmetic: the reference that conversions, colour cards and snapshots
// answer to.
//
// 8-bit R'G'B' (as on a screen, full range) against 8-bit Y'CbCr. Equations and quantisation:
// BT.709-6 sections 3 and 4, H.273 matrix 1. Limited range puts Y' at 16…235 and Cb, Cr at 128 ±
// 112; full range uses 0…255.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace pf::bt709 {

inline constexpr double kRed = 0.2126;
inline constexpr double kBlue = 0.0722;
inline constexpr double kGreen = 1.0 - kRed - kBlue;
inline constexpr double kCbScale = 2.0 * (1.0 - kBlue);
inline constexpr double kCrScale = 2.0 * (1.0 - kRed);

struct Rgb {  // code values, 0…255
  double r = 0, g = 0, b = 0;
};
struct Yuv {  // code values before rounding
  double y = 0, u = 0, v = 0;
};

inline Yuv from_rgb(const Rgb& c, bool full_range = false) noexcept {
  const double luma = kRed * c.r + kGreen * c.g + kBlue * c.b;
  const double y_gain = full_range ? 1.0 : 219.0 / 255.0;
  const double c_gain = full_range ? 1.0 : 224.0 / 255.0;
  return {.y = (full_range ? 0.0 : 16.0) + y_gain * luma,
          .u = 128.0 + c_gain * (c.b - luma) / kCbScale,
          .v = 128.0 + c_gain * (c.r - luma) / kCrScale};
}

inline Rgb to_rgb(const Yuv& c, bool full_range = false) noexcept {
  const double luma = full_range ? c.y : (c.y - 16.0) * 255.0 / 219.0;
  const double c_gain = full_range ? 1.0 : 255.0 / 224.0;
  const double b = luma + kCbScale * c_gain * (c.u - 128.0);
  const double r = luma + kCrScale * c_gain * (c.v - 128.0);
  return {.r = r, .g = (luma - kRed * r - kBlue * b) / kGreen, .b = b};
}

inline std::uint8_t to_code(double value) noexcept {
  return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
}

}  // namespace pf::bt709
