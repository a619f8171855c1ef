// Figures that one thread keeps and any other may look at, without a lock: a sequence lock over
// words (Boehm, "Can seqlocks get along with programming language memory models?", 2012).
//
// Putting never waits, so a frame's thread can do it after every batch. Looking copies, and tries
// again when a put came in between. The words are atomic with release and acquire order, instead of
// plain ones with fences, so that the thread sanitizer understands it; on x86-64 it is the same.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace pf {

template <class T>
class Published {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) % sizeof(std::uint64_t) == 0);

 public:
  Published() noexcept { put(T{}); }

  // One thread.
  void put(const T& value) noexcept {
    Words words;
    std::memcpy(words.data(), &value, sizeof value);
    const std::uint64_t version = version_.load(std::memory_order_relaxed);
    version_.store(version + 1, std::memory_order_relaxed);  // odd: being written
    for (std::size_t i = 0; i < words.size(); ++i)
      words_[i].store(words[i], std::memory_order_release);
    version_.store(version + 2, std::memory_order_release);
  }

  // Any thread: what one put gave, never a mix.
  T get() const noexcept {
    Words words;
    std::uint64_t before, after;
    do {
      before = version_.load(std::memory_order_acquire);
      for (std::size_t i = 0; i < words.size(); ++i)
        words[i] = words_[i].load(std::memory_order_acquire);
      after = version_.load(std::memory_order_relaxed);
    } while (before != after || before % 2 != 0);
    T value;
    std::memcpy(static_cast<void*>(&value), words.data(), sizeof value);
    return value;
  }

 private:
  using Words = std::array<std::uint64_t, sizeof(T) / sizeof(std::uint64_t)>;
  std::array<std::atomic<std::uint64_t>, sizeof(T) / sizeof(std::uint64_t)> words_{};
  std::atomic<std::uint64_t> version_{0};
};

}  // namespace pf
