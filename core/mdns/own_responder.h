// avahi's core in this process: an mDNS responder of our own. One thread, the one that turns
// `loop`.
#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/mdns/libraries.h"
#include "core/mdns/poll_loop.h"

namespace pf::mdns {

class OwnResponder {
 public:
  struct Params {
    std::string host_label;        // empty: publishes nothing, only asks
    unsigned interface_index = 0;  // 0: all
  };
  // `unavailable` when no socket can be had. `loop` outlives the responder.
  static Result<std::unique_ptr<OwnResponder>> open(PollLoop& loop, const Params& params);

  AvahiServer* server() noexcept { return server_.get(); }
  // Of the name that our addresses hang on. A collision is settled by itself, by another name.
  AvahiServerState state() const noexcept { return state_; }
  std::string trouble() const;

 private:
  struct Deleter {
    void operator()(AvahiServer* server) const noexcept { core_library()->server_free(server); }
  };
  OwnResponder() = default;
  void on_state(AvahiServer* server, AvahiServerState state);

  AvahiServerState state_ = AVAHI_SERVER_INVALID;
  std::unique_ptr<AvahiServer, Deleter> server_;
};

}  // namespace pf::mdns
