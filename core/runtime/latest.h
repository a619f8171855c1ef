// A box for one value of which only the newest counts: putting destroys the older one, and counts
// it.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

namespace pf {

template <class T>
class Latest {
 public:
  void put(T value) {
    std::optional<T> older(std::move(value));  // destroyed after the lock is gone
    std::lock_guard lock(mutex_);
    std::swap(older, value_);
    if (older) ++replaced_;
  }
  std::optional<T> take() {
    std::lock_guard lock(mutex_);
    return std::exchange(value_, std::nullopt);
  }
  std::uint64_t replaced() const {
    std::lock_guard lock(mutex_);
    return replaced_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<T> value_;
  std::uint64_t replaced_ = 0;
};

}  // namespace pf
