// Products over the erased points of a block.
//
// With X the parity points used and Y the lost data points, recovery needs, for every point p of
// either set,
//   F(p) = PRODUCT over y in Y of (p + y)  /  PRODUCT over x in X of (p + x),   p itself left out.
// Few points are multiplied out. For many it is, in logarithms, a convolution over XOR, which a
// Walsh-Hadamard transform as long as the block's own range of points turns into one product per
// point (Didier 2009, with the short transform of our own).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/fec/gf16.h"

namespace pf::fec {

class Gf16Locator {
 public:
  // For points below `max_points`, a power of two up to 65536, with at most max_erased in Y.
  Gf16Locator(std::uint32_t max_points, std::uint32_t max_erased);

  // All points are below `points`, a power of two up to max_points.
  void begin(std::uint32_t points) noexcept;
  void multiply_by_distance_to(std::uint32_t point) noexcept { lost_.push_back(point); }  // a y
  void divide_by_distance_to(std::uint32_t point) noexcept { used_.push_back(point); }    // an x
  void finish() noexcept;

  // log F(point), for a point of X or Y.
  std::uint32_t log_of(std::uint32_t point) const noexcept { return values_[point]; }

  // log F(point) for any point, multiplied out. Needs no finish().
  std::uint32_t log_at(std::uint32_t point) const noexcept;

 private:
  void transform_all() noexcept;

  std::uint32_t points_ = 0;
  std::uint32_t spectrum_points_ = 0;       // what log_spectrum_ was made for
  std::vector<std::int32_t> log_spectrum_;  // transform of the logarithms of 0 … points - 1
  std::vector<std::int32_t> values_;        // the logarithms
  std::vector<std::uint32_t> lost_;
  std::vector<std::uint32_t> used_;
};

}  // namespace pf::fec
