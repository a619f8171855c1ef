#include "core/fec/gf8.h"

namespace pf::fec {
namespace {

constexpr unsigned kPolynomial = 0x11D;

Gf8 product(const Gf8Tables& tables, Gf8 a, Gf8 b) noexcept {
  if (a == 0 || b == 0) return 0;
  return tables.exp[tables.log[a] + tables.log[b]];
}

Gf8Tables make_tables() noexcept {
  Gf8Tables tables{};
  unsigned power = 1;
  for (unsigned log = 0; log < kGf8Order; ++log) {
    tables.exp[log] = tables.exp[log + kGf8Order] = static_cast<Gf8>(power);
    tables.log[power] = static_cast<std::uint8_t>(log);
    power <<= 1;
    if (power & 0x100) power ^= kPolynomial;
  }
  // s_0(x) = x; s_{d+1}(x) = s_d(x) (s_d(x) + s_d(2^d)).
  for (unsigned x = 0; x < 256; ++x) tables.vanishing[0][x] = static_cast<Gf8>(x);
  for (unsigned d = 0; d + 1 < 8; ++d) {
    for (unsigned x = 0; x < 256; ++x) {
      const Gf8 here = tables.vanishing[d][x];
      tables.vanishing[d + 1][x] =
          product(tables, here, static_cast<Gf8>(here ^ tables.vanishing[d][1u << d]));
    }
  }
  for (unsigned d = 0; d < 8; ++d) {
    const Gf8 unit = tables.vanishing[d][1u << d];
    const Gf8 inverse = tables.exp[kGf8Order - tables.log[unit]];
    for (unsigned x = 0; x < 256u >> d; ++x) {
      tables.twiddle[d][x] = product(tables, tables.vanishing[d][x << d], inverse);
    }
  }
  return tables;
}

}  // namespace

const Gf8Tables& gf8_tables() noexcept {
  static const Gf8Tables tables = make_tables();
  return tables;
}

Gf8 multiply_gf8(Gf8 a, Gf8 b) noexcept { return product(gf8_tables(), a, b); }

Gf8 inverse_gf8(Gf8 a) noexcept {
  const Gf8Tables& tables = gf8_tables();
  return tables.exp[kGf8Order - tables.log[a]];
}

}  // namespace pf::fec
