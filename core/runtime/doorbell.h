// The only thing a thread of ours sleeps on. Whoever puts something into a thread's box rings its
// bell; a ring carries no meaning, many rings are one, and the woken thread looks at its boxes and
// decides.
#pragma once

#include <atomic>

#include "core/base/time.h"

namespace pf {

class Doorbell {
 public:
  Doorbell();
  ~Doorbell();
  Doorbell(const Doorbell&) = delete;
  Doorbell& operator=(const Doorbell&) = delete;

  // From any thread; costs a system call only when the bell was silent.
  void ring() noexcept;

  // Until a ring or the end of `patience`. Owner only. Takes the ring.
  void wait(Nanos patience) noexcept;

  // The same, but returns as well when `fd` is readable (or hung up): true then. The ring is taken.
  bool wait_with(int fd, Nanos patience) noexcept;

  // To sleep on it together with other descriptors: readable after a ring. Call take() when woken.
  int poll_handle() const noexcept { return fd_; }
  void take() noexcept;

 private:
  int fd_;
  std::atomic<bool> rung_{false};
};

}  // namespace pf
