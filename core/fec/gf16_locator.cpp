#include "core/fec/gf16_locator.h"

#include <algorithm>
#include <bit>

namespace pf::fec {
namespace {

// In place, modulo the order of the field's group.
void walsh_hadamard(std::span<std::uint32_t> values) noexcept {
  for (std::size_t distance = 1; distance < values.size(); distance *= 2) {
    for (std::size_t block = 0; block < values.size(); block += 2 * distance) {
      for (std::size_t i = block; i < block + distance; ++i) {
        const std::uint32_t a = values[i];
        const std::uint32_t b = values[i + distance];
        values[i] = add_logs(a, b);
        values[i + distance] = add_logs(a, kGf16Order - b);
      }
    }
  }
}

}  // namespace

Gf16Locator::Gf16Locator(std::uint32_t max_points)
    : log_spectrum_(max_points), marks_(max_points) {}

void Gf16Locator::begin(std::uint32_t points) noexcept {
  points_ = points;
  std::fill_n(marks_.begin(), points, 0);
  if (spectrum_points_ == points) return;  // blocks of a stream tend to have one shape
  std::copy_n(gf16_tables().log.begin(), points, log_spectrum_.begin());
  walsh_hadamard({log_spectrum_.data(), points});
  spectrum_points_ = points;
}

void Gf16Locator::finish() noexcept {
  const std::span<std::uint32_t> marks(marks_.data(), points_);
  walsh_hadamard(marks);
  // The transform is its own inverse up to a factor of `points`, and 2^16 = 1 modulo the order.
  const std::uint64_t unscale = 65536u / points_;
  for (std::uint32_t i = 0; i < points_; ++i) {
    const std::uint64_t product =
        static_cast<std::uint64_t>(marks[i]) * log_spectrum_[i] % kGf16Order;
    marks[i] = static_cast<std::uint32_t>(product * unscale % kGf16Order);
  }
  walsh_hadamard(marks);
}

}  // namespace pf::fec
