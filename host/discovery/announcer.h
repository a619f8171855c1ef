// Tells the local network that this host is here (docs/protocol/punktfunk1.md section 17.1), for as
// long as the object lives. A daemon or an interface that goes is waited for; see core/mdns.
#pragma once

#include <optional>
#include <string>
#include <vector>

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
  // The bound socket of GameStream's HTTP server, if Moonlight clients are served too
  // (docs/protocol/gamestream.md section 1).
  std::optional<Endpoint> gamestream;
};

// What is told: the native service first.
std::vector<mdns::Service> services_of(const Announcement& announcement);

// Clients take IPv4 addresses only (section 17.1), and nobody else reaches a loopback address.
bool can_be_announced(const Endpoint& listen);

class Announcer {
 public:
  // `board` and `clock` outlive the announcer.
  Announcer(const Announcement& announcement, HealthBoard& board, const Clock& clock);

 private:
  const std::vector<mdns::Service> services_;
  Doorbell bell_;
  SupervisedThread thread_;  // last: it uses the above
};

}  // namespace pf::discovery
