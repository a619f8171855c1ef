// A list with a bound and no allocation. A full list says no.
#pragma once

#include <array>
#include <cstddef>

#include "core/base/check.h"

namespace pf {

template <class T, std::size_t N>
class FixedList {
 public:
  [[nodiscard]] bool push(const T& value) noexcept {
    if (size_ == N) return false;
    items_[size_++] = value;
    return true;
  }
  void clear() noexcept { size_ = 0; }
  // `item` is one of ours; the last one takes its place.
  void remove(T* item) noexcept {
    PF_DCHECK(item >= begin() && item < end());
    *item = items_[--size_];
  }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  bool full() const noexcept { return size_ == N; }
  static constexpr std::size_t capacity() noexcept { return N; }
  T& operator[](std::size_t index) noexcept {
    PF_DCHECK(index < size_);
    return items_[index];
  }
  const T& operator[](std::size_t index) const noexcept {
    PF_DCHECK(index < size_);
    return items_[index];
  }
  T* begin() noexcept { return items_.data(); }
  T* end() noexcept { return items_.data() + size_; }
  const T* begin() const noexcept { return items_.data(); }
  const T* end() const noexcept { return items_.data() + size_; }

 private:
  std::array<T, N> items_{};
  std::size_t size_ = 0;
};

}  // namespace pf
