// The basis in which the fast kernels keep rows, and products in it.
//
// With d = 0x100, every element is lo + d * hi for lo and hi of the subfield GF(2^8); as written in
// the Cantor basis, lo + B(hi) is its low byte and hi its high byte, for a linear map B of bytes to
// bytes. Rows therefore hold lo' = low ^ B(high). Then, since d * d = d + 0x80,
//   c < 256:          (lo', hi) -> (c lo', c hi)                 one table for both bytes
//   c = c0 + d * c1:  (lo', hi) -> (c0 lo' + 0x80 c1 hi, (c0 + c1) hi + c1 lo')
// The map from and to the changed basis is the same: low ^= B(high).
#pragma once

#include <cstdint>

#include "core/fec/byte_map.h"
#include "core/fec/gf16.h"

namespace pf::fec {

// A factor as bytes of the subfield.
struct SubfieldFactor {
  std::uint8_t low_from_low;    // c0
  std::uint8_t low_from_high;   // 0x80 c1
  std::uint8_t high_from_high;  // c0 + c1
  std::uint8_t high_from_low;   // c1
};

// B above.
inline ByteMap basis_change() noexcept {
  ByteMap map{};
  for (unsigned bit = 0; bit < 8; ++bit) {
    const Gf16 product = multiply(0x100, static_cast<Gf16>(1u << bit));
    map[bit] = static_cast<std::uint8_t>(product ^ (1u << (8 + bit)));  // the high byte cancels
  }
  return map;
}

inline ByteMap multiplication_by(std::uint8_t factor) noexcept {
  ByteMap map{};
  for (unsigned bit = 0; bit < 8; ++bit) {
    map[bit] = static_cast<std::uint8_t>(multiply(factor, static_cast<Gf16>(1u << bit)));
  }
  return map;
}

inline SubfieldFactor split_factor(Gf16 factor, const ByteMap& basis) noexcept {
  const auto c1 = static_cast<std::uint8_t>(factor >> 8);
  const auto c0 = static_cast<std::uint8_t>((factor & 0xFF) ^ apply(basis, c1));
  return {.low_from_low = c0,
          .low_from_high = static_cast<std::uint8_t>(multiply(0x80, c1)),
          .high_from_high = static_cast<std::uint8_t>(c0 ^ c1),
          .high_from_low = c1};
}

}  // namespace pf::fec
