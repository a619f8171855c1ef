#include "core/mdns/poll_loop.h"

#include "core/base/check.h"

namespace pf::mdns {

PollLoop::PollLoop(Doorbell& bell) : bell_(bell), poll_(avahi_simple_poll_new()) {
  PF_CHECK(poll_ != nullptr);  // only without memory or descriptors
  bell_watch_ = api()->watch_new(
      api(), bell_.poll_handle(), AVAHI_WATCH_IN,
      [](AvahiWatch*, int, AvahiWatchEvent, void* self) {
        static_cast<PollLoop*>(self)->bell_.take();
      },
      this);
  PF_CHECK(bell_watch_ != nullptr);
}

PollLoop::~PollLoop() { api()->watch_free(bell_watch_); }

const AvahiPoll* PollLoop::api() const noexcept { return avahi_simple_poll_get(poll_.get()); }

void PollLoop::turn(milliseconds patience) {
  avahi_simple_poll_iterate(poll_.get(), static_cast<int>(patience.count()));
}

}  // namespace pf::mdns
