// The reference kernels: one element at a time, products by logarithms. Rows hold the elements as
// they are.
#include <algorithm>
#include <cstring>

#include "core/fec/fec_kernels.h"
#include "core/fec/gf16.h"
#include "core/fec/gf8.h"

namespace pf::fec {
namespace {

bool always() noexcept { return true; }

struct Field16 {
  static constexpr std::size_t kElementBytes = 2;
  static std::uint16_t times(std::uint32_t a, std::uint32_t b) noexcept {
    return multiply(static_cast<Gf16>(a), static_cast<Gf16>(b));
  }
  static std::uint32_t twiddle(unsigned layer, std::uint32_t point) noexcept {
    return point >> layer;
  }
  // Of a group of whole or part blocks: the low bytes, then as many high bytes.
  static std::uint16_t get(const std::byte* group, std::size_t group_bytes,
                           std::size_t i) noexcept {
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(group[i]) |
                                      std::to_integer<unsigned>(group[group_bytes / 2 + i]) << 8);
  }
  static void put(std::byte* group, std::size_t group_bytes, std::size_t i,
                  std::uint16_t value) noexcept {
    group[i] = static_cast<std::byte>(value & 0xFF);
    group[group_bytes / 2 + i] = static_cast<std::byte>(value >> 8);
  }
};

struct Field8 {
  static constexpr std::size_t kElementBytes = 1;
  static std::uint16_t times(std::uint32_t a, std::uint32_t b) noexcept {
    return multiply_gf8(static_cast<Gf8>(a), static_cast<Gf8>(b));
  }
  static std::uint32_t twiddle(unsigned layer, std::uint32_t point) noexcept {
    return gf8_tables().twiddle[layer][point >> layer];
  }
  static std::uint16_t get(const std::byte* group, std::size_t, std::size_t i) noexcept {
    return std::to_integer<std::uint16_t>(group[i]);
  }
  static void put(std::byte* group, std::size_t, std::size_t i, std::uint16_t value) noexcept {
    group[i] = static_cast<std::byte>(value);
  }
};

// Calls visit(offset of a 64-byte group, its bytes, index of an element in it) for every element.
template <class Field, class Visit>
void for_each_element(std::size_t bytes, Visit visit) {
  for (std::size_t at = 0; at < bytes; at += kFecBlockBytes) {
    const std::size_t group_bytes = std::min(kFecBlockBytes, bytes - at);
    for (std::size_t i = 0; i < group_bytes / Field::kElementBytes; ++i) visit(at, group_bytes, i);
  }
}

template <class Field>
void inverse_layers(std::uint16_t* x, const TransformPass& pass) noexcept {
  for (unsigned layer = 0; layer < pass.layers; ++layer) {
    const std::uint32_t distance = 1u << layer;
    for (std::uint32_t u = 0; u < 1u << pass.layers; ++u) {
      if (u & distance) continue;
      const std::uint32_t block = (u & ~(distance - 1)) << pass.first_layer;
      const std::uint32_t twiddle = Field::twiddle(pass.first_layer + layer, pass.point + block);
      x[u + distance] ^= x[u];
      x[u] ^= Field::times(twiddle, x[u + distance]);
    }
  }
}

template <class Field>
void forward_layers(std::uint16_t* x, const TransformPass& pass) noexcept {
  for (unsigned layer = pass.layers; layer-- > 0;) {
    const std::uint32_t distance = 1u << layer;
    for (std::uint32_t u = 0; u < 1u << pass.layers; ++u) {
      if (u & distance) continue;
      const std::uint32_t block = (u & ~(distance - 1)) << pass.first_layer;
      const std::uint32_t twiddle = Field::twiddle(pass.first_layer + layer, pass.point + block);
      x[u] ^= Field::times(twiddle, x[u + distance]);
      x[u + distance] ^= x[u];
    }
  }
}

// A last piece of shards becomes a whole block of a row, zeros behind its elements.
template <class Field>
void clear_last_block(const TransformPass& pass) noexcept {
  const std::size_t whole_bytes = pass.bytes - pass.bytes % kFecBlockBytes;
  if (whole_bytes == pass.bytes || pass.store != PassStore::replace) return;
  for (unsigned row = 0; row < 1u << pass.layers; ++row)
    std::memset(pass.targets[row] + whole_bytes, 0, kFecBlockBytes);
}

template <class Field>
void inverse(const TransformPass& pass) noexcept {
  clear_last_block<Field>(pass);
  for_each_element<Field>(pass.bytes, [&](std::size_t at, std::size_t group_bytes, std::size_t i) {
    std::uint16_t x[kMaxPassRows] = {};
    for (unsigned row = 0; row < 1u << (pass.layers - pass.empty_layers); ++row)
      x[row] = Field::get(pass.sources[row] + at, group_bytes, i);
    inverse_layers<Field>(x, pass);
    for (unsigned row = 0; row < 1u << pass.layers; ++row) {
      std::byte* const target = pass.targets[row] + at;
      std::uint16_t sum = Field::times(x[row], pass.scale);
      if (pass.store != PassStore::replace) sum ^= Field::get(target, kFecBlockBytes, i);
      Field::put(target, kFecBlockBytes, i, sum);
    }
  });
}

template <class Field>
void forward(const TransformPass& pass) noexcept {
  for_each_element<Field>(pass.bytes, [&](std::size_t at, std::size_t group_bytes, std::size_t i) {
    std::uint16_t x[kMaxPassRows];
    for (unsigned row = 0; row < 1u << pass.layers; ++row)
      x[row] = Field::get(pass.sources[row] + at, kFecBlockBytes, i);
    forward_layers<Field>(x, pass);
    for (unsigned row = 0; row < 1u << pass.layers; ++row)
      Field::put(pass.targets[row] + at, group_bytes, i, x[row]);
  });
}

template <class Field>
void product(const MatrixProduct& wanted) noexcept {
  for (std::uint32_t t = 0; t < wanted.target_count; ++t) {
    for_each_element<Field>(
        wanted.bytes, [&](std::size_t at, std::size_t group_bytes, std::size_t i) {
          std::uint16_t sum = 0;
          for (std::uint32_t s = 0; s < wanted.source_count; ++s) {
            sum ^= Field::times(wanted.factors[std::size_t{s} * wanted.target_count + t],
                                Field::get(wanted.sources[s] + at, group_bytes, i));
          }
          Field::put(wanted.targets[t] + at, group_bytes, i, sum);
        });
  }
}

void sum(std::byte* target, const std::byte* const* sources, std::uint32_t source_count,
         std::size_t bytes) noexcept {
  for (std::size_t i = 0; i < bytes; ++i) {
    std::byte total = sources[0][i];
    for (std::uint32_t s = 1; s < source_count; ++s) total ^= sources[s][i];
    target[i] = total;
  }
}

void weigh(std::byte* row, const std::byte* shard, std::size_t bytes,
           std::uint16_t factor) noexcept {
  for_each_element<Field16>(bytes, [&](std::size_t at, std::size_t group_bytes, std::size_t i) {
    const Gf16 syndrome =
        Field16::get(row + at, kFecBlockBytes, i) ^ Field16::get(shard + at, group_bytes, i);
    Field16::put(row + at, kFecBlockBytes, i, Field16::times(syndrome, factor));
  });
}

void finish(std::byte* shard, const std::byte* row, std::size_t bytes,
            std::uint16_t factor) noexcept {
  for_each_element<Field16>(bytes, [&](std::size_t at, std::size_t group_bytes, std::size_t i) {
    const Gf16 value = Field16::get(row + at, kFecBlockBytes, i);
    Field16::put(shard + at, group_bytes, i, Field16::times(value, factor));
  });
}

void add_scaled(std::byte* target, const std::byte* row, std::size_t bytes,
                std::uint8_t factor) noexcept {
  for (std::size_t i = 0; i < bytes; ++i)
    target[i] ^= static_cast<std::byte>(multiply_gf8(std::to_integer<Gf8>(row[i]), factor));
}

}  // namespace

const FecKernels gf16_reference_kernels{.name = "reference",
                                        .runs_here = always,
                                        .pass_layers = kMaxPassLayers,
                                        .general_pass_layers = kMaxPassLayers,
                                        .inverse = inverse<Field16>,
                                        .forward = forward<Field16>,
                                        .product = product<Field16>,
                                        .sum = sum,
                                        .weigh = weigh,
                                        .finish = finish,
                                        .add_scaled = nullptr};

const FecKernels gf8_reference_kernels{.name = "reference",
                                       .runs_here = always,
                                       .pass_layers = kMaxPassLayers,
                                       .general_pass_layers = kMaxPassLayers,
                                       .inverse = inverse<Field8>,
                                       .forward = forward<Field8>,
                                       .product = product<Field8>,
                                       .sum = sum,
                                       .weigh = nullptr,
                                       .finish = nullptr,
                                       .add_scaled = add_scaled};

}  // namespace pf::fec
