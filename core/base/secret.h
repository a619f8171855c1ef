// Key material: wiped when it goes, not printable, compared only in constant time.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <span>

namespace pf {

// A wipe that the optimiser may not remove.
inline void wipe(std::span<std::byte> bytes) noexcept {
  std::memset(bytes.data(), 0, bytes.size());
  asm volatile("" : : "r"(bytes.data()) : "memory");
}

template <std::size_t N>
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::span<const std::byte, N> bytes) noexcept {
    std::memcpy(bytes_.data(), bytes.data(), N);
  }
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  ~Secret() { wipe(bytes_); }

  std::span<const std::byte, N> reveal() const noexcept { return bytes_; }
  std::span<std::byte, N> fill() noexcept { return bytes_; }
  bool all_zero() const noexcept { return *this == Secret(); }

  friend bool operator==(const Secret& a, const Secret& b) noexcept {
    std::byte difference{0};
    for (std::size_t i = 0; i < N; ++i) difference |= a.bytes_[i] ^ b.bytes_[i];
    return difference == std::byte{0};
  }

 private:
  std::array<std::byte, N> bytes_{};
};

}  // namespace pf
