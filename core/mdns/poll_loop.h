// avahi's event loop, turned by a supervised thread: sleeps on avahi's sockets and timers and on
// the thread's bell together. One thread.
#pragma once

#include <memory>

#include <avahi-common/simple-watch.h>

#include "core/base/time.h"
#include "core/runtime/doorbell.h"

namespace pf::mdns {

class PollLoop {
 public:
  explicit PollLoop(Doorbell& bell);
  ~PollLoop();
  PollLoop(const PollLoop&) = delete;
  PollLoop& operator=(const PollLoop&) = delete;

  const AvahiPoll* api() const noexcept;

  // Until something was done, somebody rang, or the end of `patience`.
  void turn(milliseconds patience);

 private:
  struct Deleter {
    void operator()(AvahiSimplePoll* poll) const noexcept { avahi_simple_poll_free(poll); }
  };
  Doorbell& bell_;
  std::unique_ptr<AvahiSimplePoll, Deleter> poll_;
  AvahiWatch* bell_watch_;
};

}  // namespace pf::mdns
