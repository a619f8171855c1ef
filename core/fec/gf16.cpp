#include "core/fec/gf16.h"

#include <algorithm>
#include <bit>

namespace pf::fec {
namespace {

constexpr std::uint32_t kPolynomial = 0x1002D;
constexpr std::array<std::uint16_t, 16> kCantorBasis{0x0001, 0xACCA, 0x3C0E, 0x163E, 0xC582, 0xED2E,
                                                     0x914C, 0x4012, 0x6C98, 0x10D8, 0x6A72, 0xB900,
                                                     0xFDB8, 0xFB34, 0xFF38, 0x991E};

Gf16Tables make_tables() {
  // Powers of x as polynomials: position of each, then renamed into the Cantor basis.
  std::array<std::uint16_t, 65536> power_of_polynomial{};
  std::uint32_t state = 1;
  for (std::uint32_t power = 0; power < kGf16Order; ++power) {
    power_of_polynomial[state] = static_cast<std::uint16_t>(power);
    state <<= 1;
    if (state & 0x10000) state ^= kPolynomial;
  }
  Gf16Tables tables{};
  for (std::uint32_t element = 1; element < 65536; ++element) {
    std::uint16_t polynomial = 0;
    for (std::uint32_t bit = 0; bit < 16; ++bit) {
      if (element >> bit & 1) polynomial ^= kCantorBasis[bit];
    }
    tables.log[element] = power_of_polynomial[polynomial];
    tables.exp[tables.log[element]] = static_cast<Gf16>(element);
  }
  tables.exp[kGf16Order] = tables.exp[0];
  return tables;
}

}  // namespace

const Gf16Tables& gf16_tables() noexcept {
  static const Gf16Tables tables = make_tables();
  return tables;
}

Gf16 multiply(Gf16 a, Gf16 b) noexcept {
  if (a == 0 || b == 0) return 0;
  const Gf16Tables& tables = gf16_tables();
  return tables.exp[add_logs(tables.log[a], tables.log[b])];
}

Gf16 inverse(Gf16 a) noexcept {
  const Gf16Tables& tables = gf16_tables();
  return tables.exp[kGf16Order - tables.log[a]];
}

Gf16Layout gf16_layout(std::uint32_t data_count, std::uint32_t parity_count) noexcept {
  const std::uint32_t data_power = std::bit_ceil(data_count);
  const std::uint32_t parity_power = std::bit_ceil(parity_count);
  Gf16Layout layout;
  layout.high_rate = data_power >= parity_power;
  layout.log2_size =
      static_cast<std::uint32_t>(std::countr_zero(std::min(data_power, parity_power)));
  return layout;
}

bool gf16_exists(std::uint32_t data_count, std::uint32_t parity_count) noexcept {
  if (data_count == 0 || parity_count == 0 || data_count > kGf16Order || parity_count > kGf16Order)
    return false;
  return gf16_layout(data_count, parity_count).size() + std::max(data_count, parity_count) <= 65536;
}

}  // namespace pf::fec
