// Counts what a piece of code locks, so that a test can say "nothing".
//
// Stands before the C library's pthread_mutex_lock in its program: include it in exactly one file
// of a test program, which runs other than under the thread sanitizer, since that does the same.
#pragma once

#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <cstdint>

namespace pf::testing {

inline std::atomic<std::uint64_t> lock_count{0};

#if defined(__SANITIZE_THREAD__)
inline constexpr bool kCountsLocks = false;
#else
inline constexpr bool kCountsLocks = true;
#endif

// Locks taken since it was made.
class LockCount {
 public:
  std::uint64_t now() const { return lock_count.load() - before_; }

 private:
  std::uint64_t before_ = lock_count.load();
};

}  // namespace pf::testing

#if !defined(__SANITIZE_THREAD__)
extern "C" int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  using Lock = int (*)(pthread_mutex_t*);
  static std::atomic<Lock> real{nullptr};
  if (real.load() == nullptr) real = reinterpret_cast<Lock>(dlsym(RTLD_NEXT, "pthread_mutex_lock"));
  pf::testing::lock_count.fetch_add(1, std::memory_order_relaxed);
  return real.load()(mutex);
}
#endif
