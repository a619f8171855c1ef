// The field GF(2^8) of fec_scheme 0 and of Moonlight's video and audio codes: bytes modulo 0x11D,
// generator 2 (docs/protocol/punktfunk1.md section 11.5).
#pragma once

#include <array>
#include <cstdint>

namespace pf::fec {

using Gf8 = std::uint8_t;

inline constexpr std::uint32_t kGf8Order = 255;

struct Gf8Tables {
  std::array<std::uint8_t, 256> log;  // of 0: 0
  std::array<Gf8, 512> exp;  // twice around, so that a sum of two logarithms needs no modulo
  // Twiddles of the additive FFT over the standard basis: twiddle[d][x] = s_d(x << d) / s_d(2^d),
  // with s_d the vanishing polynomial of {0 … 2^d - 1} (Lin, Chung, Han 2014).
  std::array<std::array<Gf8, 256>, 8> twiddle;
  std::array<std::array<Gf8, 256>, 8> vanishing;  // s_d(x)
};

// Built on first use, constant afterwards. Any thread.
const Gf8Tables& gf8_tables() noexcept;

Gf8 multiply_gf8(Gf8 a, Gf8 b) noexcept;
Gf8 inverse_gf8(Gf8 a) noexcept;  // a != 0

}  // namespace pf::fec
