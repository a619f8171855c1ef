#include "core/mdns/daemon.h"

#include <avahi-common/error.h>

namespace pf::mdns {

Result<std::unique_ptr<Daemon>> Daemon::open(PollLoop& loop) {
  if (client_library() == nullptr)
    return fail(ErrorKind::unavailable, "no avahi client library (libavahi-client3)");
  std::unique_ptr<Daemon> daemon(new Daemon);
  int error = 0;
  daemon->client_.reset(client_library()->client_new(
      loop.api(), {},
      // Called from within avahi_client_new() as well: nothing but the state is touched here.
      [](AvahiClient*, AvahiClientState state, void* self) {
        static_cast<Daemon*>(self)->state_ = state;
      },
      daemon.get(), &error));
  if (daemon->client_ == nullptr)
    return fail(ErrorKind::unavailable, "no avahi daemon: {}", avahi_strerror(error));
  return daemon;
}

std::string Daemon::trouble() const {
  return avahi_strerror(client_library()->client_errno(client_.get()));
}

}  // namespace pf::mdns
