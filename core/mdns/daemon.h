// The machine's avahi daemon, reached over D-Bus. One thread, the one that turns `loop`.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "core/mdns/libraries.h"
#include "core/mdns/poll_loop.h"

namespace pf::mdns {

class Daemon {
 public:
  // `unavailable` when there is no daemon, or no bus to reach it by. `loop` outlives the daemon.
  static Result<std::unique_ptr<Daemon>> open(PollLoop& loop);

  AvahiClient* client() noexcept { return client_.get(); }
  AvahiClientState state() const noexcept { return state_; }
  // What avahi says about its last failure.
  std::string trouble() const;

 private:
  struct Deleter {
    void operator()(AvahiClient* client) const noexcept { client_library()->client_free(client); }
  };
  Daemon() = default;
  AvahiClientState state_ = AVAHI_CLIENT_CONNECTING;
  std::unique_ptr<AvahiClient, Deleter> client_;
};

}  // namespace pf::mdns
