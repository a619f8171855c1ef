#include "core/fec/gf16_locator.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace pf::fec {
namespace {

constexpr std::int32_t kOrder = kGf16Order;

// Of centred residues the sums over 2^15 entries fit 32 bits; the last layer of a longer transform
// must begin with reduced ones.
constexpr std::size_t kLongestUnreduced = 32768;

// To -kOrder/2 … kOrder/2.
std::int32_t centred(std::int32_t value) noexcept {
  std::int32_t residue = value % kOrder;
  if (residue > kOrder / 2) residue -= kOrder;
  if (residue < -(kOrder / 2)) residue += kOrder;
  return residue;
}

// Any instruction set has this many lanes or splits them.
using Lanes = std::int32_t __attribute__((vector_size(16)));
constexpr std::size_t kLanes = sizeof(Lanes) / sizeof(std::int32_t);

void add_and_subtract(std::int32_t* low, std::int32_t* high, std::size_t count) noexcept {
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    Lanes a, b;
    std::memcpy(&a, low + i, sizeof a);
    std::memcpy(&b, high + i, sizeof b);
    const Lanes sum = a + b, difference = a - b;
    std::memcpy(low + i, &sum, sizeof sum);
    std::memcpy(high + i, &difference, sizeof difference);
  }
  for (; i < count; ++i) {
    const std::int32_t a = low[i], b = high[i];
    low[i] = a + b;
    high[i] = a - b;
  }
}

// In place; the entries are centred residues.
void walsh_hadamard(std::span<std::int32_t> values) noexcept {
  for (std::size_t distance = 1; distance < values.size(); distance *= 2) {
    if (distance == kLongestUnreduced) {
      for (std::int32_t& value : values) value = centred(value);
    }
    for (std::size_t block = 0; block < values.size(); block += 2 * distance)
      add_and_subtract(values.data() + block, values.data() + block + distance, distance);
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
  // Two transforms and their residues cost about as much as that many look-ups.
  if (erased * erased > 2 * points_ * layers) return transform_all();
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
  // Products of two centred residues fit 32 bits.
  const auto unscale = static_cast<std::int32_t>(65536u / points_);
  for (std::uint32_t i = 0; i < points_; ++i) {
    const std::int32_t product = centred(centred(values[i]) * log_spectrum_[i]);
    values[i] = centred(product * unscale);
  }
  walsh_hadamard(values);
  for (std::int32_t& value : values) {
    value %= kOrder;
    if (value < 0) value += kOrder;
  }
}

}  // namespace pf::fec
