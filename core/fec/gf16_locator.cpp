#include "core/fec/gf16_locator.h"

#include <algorithm>
#include <bit>

namespace pf::fec {
namespace {

constexpr std::int32_t kOrder = kGf16Order;

// Of centred residues the sums over 2^15 entries fit 32 bits; the last layer of a longer transform
// must begin with reduced ones.
constexpr std::size_t kLongestUnreduced = 32768;

// To -kOrder/2 … kOrder/2.
std::int32_t centred(std::int64_t value) noexcept {
  auto residue = static_cast<std::int32_t>(value % kOrder);
  if (residue > kOrder / 2) residue -= kOrder;
  if (residue < -(kOrder / 2)) residue += kOrder;
  return residue;
}

// In place; the entries are centred residues.
void walsh_hadamard(std::span<std::int32_t> values) noexcept {
  for (std::size_t distance = 1; distance < values.size(); distance *= 2) {
    if (distance == kLongestUnreduced) {
      for (std::int32_t& value : values) value = centred(value);
    }
    for (std::size_t block = 0; block < values.size(); block += 2 * distance) {
      std::int32_t* const low = values.data() + block;
      std::int32_t* const high = low + distance;
      for (std::size_t i = 0; i < distance; ++i) {
        const std::int32_t a = low[i];
        const std::int32_t b = high[i];
        low[i] = a + b;
        high[i] = a - b;
      }
    }
  }
}

}  // namespace

Gf16Locator::Gf16Locator(std::uint32_t max_points, std::uint32_t max_erased)
    : log_spectrum_(max_points), values_(max_points) {
  lost_.reserve(max_erased);
  used_.reserve(max_erased);
}

void Gf16Locator::begin(std::uint32_t points) noexcept {
  points_ = points;
  lost_.clear();
  used_.clear();
}

std::uint32_t Gf16Locator::log_at(std::uint32_t point) const noexcept {
  const auto& log = gf16_tables().log;
  std::int64_t sum = 0;
  for (const std::uint32_t lost : lost_) sum += log[point ^ lost];  // of itself: 0
  for (const std::uint32_t used : used_) sum -= log[point ^ used];
  sum %= kOrder;
  return static_cast<std::uint32_t>(sum < 0 ? sum + kOrder : sum);
}

void Gf16Locator::finish() noexcept {
  const std::size_t erased = lost_.size() + used_.size();
  const auto layers = static_cast<std::size_t>(std::countr_zero(points_));
  // A look-up costs about twice a step of the transforms, of which there are two.
  if (erased * erased > std::size_t{points_} * (layers + 2)) return transform_all();
  for (const std::uint32_t point : lost_) values_[point] = static_cast<std::int32_t>(log_at(point));
  for (const std::uint32_t point : used_) values_[point] = static_cast<std::int32_t>(log_at(point));
}

void Gf16Locator::transform_all() noexcept {
  if (spectrum_points_ != points_) {  // blocks of a stream tend to have one shape
    for (std::uint32_t i = 0; i < points_; ++i) log_spectrum_[i] = centred(gf16_tables().log[i]);
    walsh_hadamard({log_spectrum_.data(), points_});
    for (std::uint32_t i = 0; i < points_; ++i) log_spectrum_[i] = centred(log_spectrum_[i]);
    spectrum_points_ = points_;
  }
  const std::span<std::int32_t> values(values_.data(), points_);
  std::fill(values.begin(), values.end(), 0);
  for (const std::uint32_t lost : lost_) values[lost] = 1;
  for (const std::uint32_t used : used_) values[used] = -1;
  walsh_hadamard(values);
  // The transform is its own inverse up to a factor of `points`, and 2^16 = 1 modulo the order.
  const std::int64_t unscale = 65536u / points_;
  for (std::uint32_t i = 0; i < points_; ++i) {
    const std::int64_t product = std::int64_t{centred(values[i])} * log_spectrum_[i];
    values[i] = centred(centred(product) * unscale);
  }
  walsh_hadamard(values);
  for (std::int32_t& value : values) {
    value %= kOrder;
    if (value < 0) value += kOrder;
  }
}

}  // namespace pf::fec
