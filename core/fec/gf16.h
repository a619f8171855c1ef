// The field GF(2^16) of fec_scheme 1 (docs/protocol/punktfunk1.md section 11.5).
//
// Polynomial 0x1002D; elements are written in a Cantor basis, in which addition is XOR, the numbers
// below 2^8 are the subfield GF(2^8), and the vanishing polynomial of {0 … 2^d - 1} is a plain
// shift: s_d(x) = x >> d. The last fact turns every twiddle factor of the additive FFT into a shift
// (Gao, Mateer 2010; Lin, Chung, Han 2014).
#pragma once

#include <array>
#include <cstdint>

namespace pf::fec {

using Gf16 = std::uint16_t;

// The multiplicative group has this order; logarithms live modulo it.
inline constexpr std::uint32_t kGf16Order = 65535;

struct Gf16Tables {
  std::array<std::uint16_t, 65536> log;  // of 0: 0, which is what products over "all but zero" need
  std::array<Gf16, 65536> exp;           // exp[65535] = exp[0]
};

// Built on first use, constant afterwards. Any thread.
const Gf16Tables& gf16_tables() noexcept;

// a + b modulo the order, for a and b at most the order.
constexpr std::uint32_t add_logs(std::uint32_t a, std::uint32_t b) noexcept {
  const std::uint32_t sum = a + b;
  return sum >= kGf16Order ? sum - kGf16Order : sum;
}

Gf16 multiply(Gf16 a, Gf16 b) noexcept;
Gf16 inverse(Gf16 a) noexcept;  // a != 0

// Where shards sit on the field. With a = nextpow2(k) and b = nextpow2(m), the smaller power is the
// size of the transforms. High rate (a >= b): parity j at point j, data i at b + i. Low rate: data
// i at i, parity j at a + j.
struct Gf16Layout {
  bool high_rate = true;
  std::uint32_t log2_size = 0;

  constexpr std::uint32_t size() const noexcept { return 1u << log2_size; }
};

// Both counts at least 1.
Gf16Layout gf16_layout(std::uint32_t data_count, std::uint32_t parity_count) noexcept;

// The code exists only where all points fit the field.
bool gf16_exists(std::uint32_t data_count, std::uint32_t parity_count) noexcept;

}  // namespace pf::fec
