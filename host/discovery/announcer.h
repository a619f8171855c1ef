// Tells the local network that this host is here (docs/protocol/punktfunk1.md section 17.1), for as
// long as the object lives. A daemon or an interface that goes is waited for; see core/mdns.
#pragma once

#include <string>

#include "core/base/endpoint.h"
#include "core/base/time.h"
#include "core/mdns/mdns.h"
#include "core/message/host_advert.h"
#include "core/runtime/health_board.h"
#include "core/runtime/supervised_thread.h"

namespace pf::discovery {

struct Announcement {
  std::string display_name;  // for people; more than 63 bytes are cut
  Endpoint listen;           // the bound QUIC socket
  message::HostAdvert advert;
};

// The same host to Moonlight clients (docs/protocol/gamestream.md section 1). `http`: the bound
// socket of its HTTP server.
mdns::Service gamestream_service(const std::string& display_name, const Endpoint& http);
mdns::Service native_service(const Announcement& announcement);

// Clients take IPv4 addresses only (section 17.1), and nobody else reaches a loopback address.
bool can_be_announced(const Endpoint& listen);

class Announcer {
 public:
  // `board` and `clock` outlive the announcer.
  Announcer(const Announcement& announcement, HealthBoard& board, const Clock& clock);
  // `worker`: its name on the board.
  Announcer(mdns::Service service, std::string worker, HealthBoard& board, const Clock& clock);

 private:
  const mdns::Service service_;
  Doorbell bell_;
  SupervisedThread thread_;  // last: it uses the above
};

}  // namespace pf::discovery
