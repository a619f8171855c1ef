// The reference kernel: one element at a time, products by logarithms. Rows hold the elements as
// they are.
#include <cstring>

#include "core/fec/gf16_kernels.h"

namespace pf::fec {
namespace {

constexpr std::size_t kHalf = kGf16BlockBytes / 2;

bool always() noexcept { return true; }

// Calls visit(low byte, high byte) for every element of the rows.
template <class Visit>
void for_each_element(std::size_t bytes, Visit visit) {
  for (std::size_t block = 0; block < bytes; block += kGf16BlockBytes) {
    for (std::size_t i = block; i < block + kHalf; ++i) visit(i, i + kHalf);
  }
}

Gf16 element(const std::byte* rows, std::size_t low, std::size_t high) noexcept {
  return static_cast<Gf16>(std::to_integer<Gf16>(rows[low]) | std::to_integer<Gf16>(rows[high])
                                                                  << 8);
}
void put_element(std::byte* rows, std::size_t low, std::size_t high, Gf16 value) noexcept {
  rows[low] = static_cast<std::byte>(value & 0xFF);
  rows[high] = static_cast<std::byte>(value >> 8);
}

void load(std::byte* row, const std::byte* shard, std::size_t shard_bytes) noexcept {
  const std::size_t tail_bytes = shard_bytes % kGf16BlockBytes;
  const std::size_t whole_bytes = shard_bytes - tail_bytes;
  std::memcpy(row, shard, whole_bytes);
  if (tail_bytes == 0) return;
  std::memset(row + whole_bytes, 0, kGf16BlockBytes);
  std::memcpy(row + whole_bytes, shard + whole_bytes, tail_bytes / 2);
  std::memcpy(row + whole_bytes + kHalf, shard + whole_bytes + tail_bytes / 2, tail_bytes / 2);
}

void store(std::byte* shard, const std::byte* row, std::size_t shard_bytes) noexcept {
  const std::size_t tail_bytes = shard_bytes % kGf16BlockBytes;
  const std::size_t whole_bytes = shard_bytes - tail_bytes;
  std::memcpy(shard, row, whole_bytes);
  std::memcpy(shard + whole_bytes, row + whole_bytes, tail_bytes / 2);
  std::memcpy(shard + whole_bytes + tail_bytes / 2, row + whole_bytes + kHalf, tail_bytes / 2);
}

void add(std::byte* target, const std::byte* source, std::size_t bytes) noexcept {
  for (std::size_t i = 0; i < bytes; ++i) target[i] ^= source[i];
}

void scale(std::byte* rows, std::size_t bytes, Gf16 factor) noexcept {
  for_each_element(bytes, [&](std::size_t low, std::size_t high) {
    put_element(rows, low, high, multiply(element(rows, low, high), factor));
  });
}

// target += factor * source
void add_scaled(std::byte* target, const std::byte* source, std::size_t bytes,
                Gf16 factor) noexcept {
  for_each_element(bytes, [&](std::size_t low, std::size_t high) {
    const Gf16 product = multiply(element(source, low, high), factor);
    put_element(target, low, high, element(target, low, high) ^ product);
  });
}

void inverse2(std::byte* rows, std::size_t half_bytes, Gf16 twiddle) noexcept {
  add(rows + half_bytes, rows, half_bytes);
  add_scaled(rows, rows + half_bytes, half_bytes, twiddle);
}

void forward2(std::byte* rows, std::size_t half_bytes, Gf16 twiddle) noexcept {
  add_scaled(rows, rows + half_bytes, half_bytes, twiddle);
  add(rows + half_bytes, rows, half_bytes);
}

void inverse4(std::byte* rows, std::size_t quarter_bytes, Gf16 twiddle) noexcept {
  inverse2(rows, quarter_bytes, twiddle);
  inverse2(rows + 2 * quarter_bytes, quarter_bytes, twiddle ^ 2);
  inverse2(rows, 2 * quarter_bytes, twiddle >> 1);
}

void forward4(std::byte* rows, std::size_t quarter_bytes, Gf16 twiddle) noexcept {
  forward2(rows, 2 * quarter_bytes, twiddle >> 1);
  forward2(rows, quarter_bytes, twiddle);
  forward2(rows + 2 * quarter_bytes, quarter_bytes, twiddle ^ 2);
}

}  // namespace

const Gf16Kernels gf16_reference_kernels{
    .name = "reference",
    .runs_here = always,
    .load = load,
    .store = store,
    .add = add,
    .scale = scale,
    .inverse2 = inverse2,
    .forward2 = forward2,
    .inverse4 = inverse4,
    .forward4 = forward4,
};

}  // namespace pf::fec
