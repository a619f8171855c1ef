// Holds a PipeWire loop still: its objects may be touched by another thread only meanwhile.
#pragma once

#include <pipewire/thread-loop.h>

namespace pf::sound {

class LoopLock {
 public:
  explicit LoopLock(pw_thread_loop* loop) noexcept : loop_(loop) { pw_thread_loop_lock(loop_); }
  ~LoopLock() { pw_thread_loop_unlock(loop_); }
  LoopLock(const LoopLock&) = delete;
  LoopLock& operator=(const LoopLock&) = delete;

 private:
  pw_thread_loop* loop_;
};

}  // namespace pf::sound
