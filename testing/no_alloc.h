// Counts what a piece of code takes from the heap, so that a test can say "nothing".
//
// Replaces the global operator new of its program: include it in exactly one file of a test
// program.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace pf::testing {

inline std::atomic<std::uint64_t> allocation_count{0};

inline void* counted_allocation(std::size_t bytes) {
  allocation_count.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  std::abort();
}

// Allocations since it was made.
class AllocationCount {
 public:
  std::uint64_t now() const { return allocation_count.load() - before_; }

 private:
  std::uint64_t before_ = allocation_count.load();
};

}  // namespace pf::testing

// Not inlined: g++ would take a free() of what operator new returned for a mistake.
#define PF_NOT_INLINED __attribute__((noinline))
PF_NOT_INLINED void* operator new(std::size_t bytes) {
  return pf::testing::counted_allocation(bytes);
}
PF_NOT_INLINED void* operator new[](std::size_t bytes) {
  return pf::testing::counted_allocation(bytes);
}
PF_NOT_INLINED void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return pf::testing::counted_allocation(bytes);
}
PF_NOT_INLINED void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
  return pf::testing::counted_allocation(bytes);
}
PF_NOT_INLINED void operator delete(void* memory) noexcept { std::free(memory); }
PF_NOT_INLINED void operator delete[](void* memory) noexcept { std::free(memory); }
PF_NOT_INLINED void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
PF_NOT_INLINED void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
#undef PF_NOT_INLINED
