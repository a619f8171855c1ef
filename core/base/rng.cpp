#include "core/base/rng.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace pf {

void Rng::fill(std::span<std::byte> into) noexcept {
  while (!into.empty()) {
    const std::uint64_t word = next();
    const std::size_t count = std::min(into.size(), sizeof word);
    std::memcpy(into.data(), &word, count);
    into = into.subspan(count);
  }
}

std::uint64_t Rng::below(std::uint64_t bound) noexcept {
  // Lemire's multiply-shift with rejection, so that no value is favoured (arXiv:1805.10941).
  const std::uint64_t threshold = (0 - bound) % bound;
  for (;;) {
    const auto wide = static_cast<unsigned __int128>(next()) * bound;
    if (static_cast<std::uint64_t>(wide) >= threshold)
      return static_cast<std::uint64_t>(wide >> 64);
  }
}

double Rng::unit() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

SeededRng::SeededRng(std::uint64_t seed) noexcept {
  for (std::uint64_t& word : state_) {
    std::uint64_t mixed = (seed += 0x9E3779B97F4A7C15u);
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    word = mixed ^ (mixed >> 31);
  }
}

std::uint64_t SeededRng::next() noexcept {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

}  // namespace pf
