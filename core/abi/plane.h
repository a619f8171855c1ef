// One direction of a session: its calls come one after the other, whichever threads they come from.
#pragma once

#include <atomic>
#include <mutex>
#include <thread>

namespace pf::abi {

class Plane {
 public:
  // Holds the plane while it lives. Empty: this very thread is in there already, in a callback of
  // the embedder's that calls back.
  class Turn {
   public:
    explicit Turn(Plane& plane) : plane_(plane), lock_(plane.mutex_, std::defer_lock) {
      if (plane.holder_.load(std::memory_order_relaxed) == std::this_thread::get_id()) return;
      lock_.lock();
      plane.holder_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    }
    ~Turn() {
      if (lock_) plane_.holder_.store(std::thread::id(), std::memory_order_relaxed);
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    explicit operator bool() const noexcept { return lock_.owns_lock(); }

   private:
    Plane& plane_;
    std::unique_lock<std::mutex> lock_;
  };

 private:
  std::mutex mutex_;
  std::atomic<std::thread::id> holder_;
};

}  // namespace pf::abi
