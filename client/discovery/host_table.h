// The hosts that announce themselves, put together from what is seen on each network interface.
//
// Pure: sightings come in, hosts come out. Hosts are told apart by the id they announce, else by
// their name (docs/protocol/punktfunk1.md section 17.1). Nothing of it is authenticated: a stranger
// can claim any name, id or fingerprint, so it serves to choose and to dial, never to trust.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/endpoint.h"
#include "core/mdns/mdns.h"
#include "core/message/host_advert.h"

namespace pf::discovery {

struct FoundHost {
  std::string name;                 // printable
  std::vector<Endpoint> addresses;  // with the QUIC port; never empty, each once
  message::HostAdvert advert;       // as claimed
  bool operator==(const FoundHost&) const = default;
};

class HostTable {
 public:
  void found(const mdns::SightingKey& key, const mdns::Sighting& sighting);
  void gone(const mdns::SightingKey& key);
  void clear();

  // In the order of their names. Services of another protocol are left out.
  std::vector<FoundHost> hosts() const;

 private:
  struct Seen {
    Endpoint address;
    message::HostAdvert advert;
  };
  std::map<mdns::SightingKey, Seen> seen_;  // bounded by mdns::kMaxSightings
};

}  // namespace pf::discovery
