// Randomness is an argument. Production passes the system's, simulations and tests a seeded one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pf {

class Rng {
 public:
  virtual ~Rng() = default;
  virtual std::uint64_t next() noexcept = 0;

  void fill(std::span<std::byte> into) noexcept;
  std::uint64_t below(std::uint64_t bound) noexcept;  // uniform in [0, bound), bound > 0
  double unit() noexcept;                             // uniform in [0, 1)
};

// xoshiro256** seeded through splitmix64 (Blackman, Vigna: prng.di.unimi.it). Not for secrets.
class SeededRng final : public Rng {
 public:
  explicit SeededRng(std::uint64_t seed) noexcept;
  std::uint64_t next() noexcept override;

 private:
  std::uint64_t state_[4];
};

}  // namespace pf
