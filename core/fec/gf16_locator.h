// Products over the erased points of a block, for all points of the field at once.
//
// With X the parity points used and Y the lost data points, recovery needs, for every point p of
// either set,
//   F(p) = PRODUCT over y in Y of (p + y)  /  PRODUCT over x in X of (p + x),   p itself left out.
// In logarithms that is a convolution over XOR, which a Walsh-Hadamard transform as long as the
// block's own range of points turns into one product per point (Didier 2009, with the short
// transform of our own).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/fec/gf16.h"

namespace pf::fec {

class Gf16Locator {
 public:
  // For points below `max_points`, a power of two up to 65536.
  explicit Gf16Locator(std::uint32_t max_points);

  // All points are below `points`, a power of two up to max_points.
  void begin(std::uint32_t points) noexcept;
  void multiply_by_distance_to(std::uint32_t point) noexcept { marks_[point] = 1; }  // a y
  void divide_by_distance_to(std::uint32_t point) noexcept {
    marks_[point] = kGf16Order - 1;
  }  // an x
  void finish() noexcept;

  std::uint32_t log_of(std::uint32_t point) const noexcept {
    return marks_[point];
  }  // log F(point)

 private:
  std::uint32_t points_ = 0;
  std::uint32_t spectrum_points_ = 0;        // what log_spectrum_ was made for
  std::vector<std::uint32_t> log_spectrum_;  // transform of the logarithms of 0 … points - 1
  std::vector<std::uint32_t> marks_;  // in: +1 or -1 at the marked points; out: the logarithms
};

}  // namespace pf::fec
