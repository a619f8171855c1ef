// A bounded queue between one producer and one consumer, without locks. A full one says no, and the
// producer decides what that means.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace pf {

template <class T, std::size_t N>
class Fifo {
  static_assert((N & (N - 1)) == 0, "the cell of a position is its low bits");

 public:
  // Producer's thread. On false `value` is untouched.
  [[nodiscard]] bool try_push(T&& value) {
    const std::size_t at = written_.load(std::memory_order_relaxed);
    if (at - read_.load(std::memory_order_acquire) == N) return false;
    cells_[at % N].emplace(std::move(value));
    written_.store(at + 1, std::memory_order_release);
    return true;
  }
  // Consumer's thread.
  std::optional<T> try_pop() {
    const std::size_t at = read_.load(std::memory_order_relaxed);
    if (at == written_.load(std::memory_order_acquire)) return std::nullopt;
    std::optional<T> value = std::exchange(cells_[at % N], std::nullopt);
    read_.store(at + 1, std::memory_order_release);
    return value;
  }
  // Any thread; exact only on the two that own the ends.
  std::size_t size() const noexcept {
    return written_.load(std::memory_order_acquire) - read_.load(std::memory_order_acquire);
  }
  static constexpr std::size_t capacity() noexcept { return N; }

 private:
  std::array<std::optional<T>, N> cells_;
  alignas(64) std::atomic<std::size_t> written_{0};
  alignas(64) std::atomic<std::size_t> read_{0};
};

}  // namespace pf
