// Memory of our own that costs nothing before it is written to, and is given back whole.
//
// Straight from the system: what the heap is given back it may keep, and a black box takes and
// gives back more than all else in the host.
#pragma once

#include <cstddef>
#include <utility>

#include "core/base/bytes.h"

namespace pf::blackbox {

class ReservedMemory {
 public:
  ReservedMemory() = default;
  // None, should the system refuse.
  explicit ReservedMemory(std::size_t bytes) noexcept;
  ~ReservedMemory();
  ReservedMemory(ReservedMemory&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  ReservedMemory& operator=(ReservedMemory&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  MutableBytes bytes() const noexcept { return bytes_; }
  bool empty() const noexcept { return bytes_.empty(); }

 private:
  MutableBytes bytes_;
};

}  // namespace pf::blackbox
