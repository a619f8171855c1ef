// A linear map of bytes to bytes over GF(2), as the images of the eight bits. Every product with a
// constant of GF(2^8) is one, whatever the field's polynomial.
#pragma once

#include <array>
#include <cstdint>

namespace pf::fec {

using ByteMap = std::array<std::uint8_t, 8>;

inline std::uint8_t apply(const ByteMap& map, std::uint8_t byte) noexcept {
  std::uint8_t image = 0;
  for (unsigned bit = 0; bit < 8; ++bit) {
    if (byte >> bit & 1) image ^= map[bit];
  }
  return image;
}

// As vgf2p8affineqb takes it: row i (output bit i) in byte 7 - i, its bit j the weight of input
// bit j.
inline std::uint64_t affine_matrix(const ByteMap& map) noexcept {
  std::uint64_t matrix = 0;
  for (unsigned out = 0; out < 8; ++out) {
    for (unsigned in = 0; in < 8; ++in) {
      if (map[in] >> out & 1) matrix |= std::uint64_t{1} << (8 * (7 - out) + in);
    }
  }
  return matrix;
}

// As byte shuffles take it: images of 0x00 … 0x0F, then of 0x00, 0x10 … 0xF0.
struct alignas(32) NibbleTables {
  std::array<std::uint8_t, 16> low;
  std::array<std::uint8_t, 16> high;
};

inline NibbleTables nibble_tables(const ByteMap& map) noexcept {
  NibbleTables tables;
  for (unsigned i = 0; i < 16; ++i) {
    tables.low[i] = apply(map, static_cast<std::uint8_t>(i));
    tables.high[i] = apply(map, static_cast<std::uint8_t>(i << 4));
  }
  return tables;
}

}  // namespace pf::fec
