// Which host a person means, and where it is now.
#pragma once

#include <string>

#include "client/trust/known_hosts.h"
#include "core/base/endpoint.h"
#include "core/base/result.h"

namespace pf::client_app {

struct Target {
  std::string address;  // "host:port", as known_hosts keeps it
  Endpoint endpoint;
  std::string name;                         // to speak of it
  std::string id;                           // as announced or known; empty: neither
  const trust::KnownHost* known = nullptr;  // belongs to the KnownHosts that was asked
};

inline constexpr std::uint16_t kDefaultPort = 9777;  // docs/protocol/punktfunk1.md section 1

// "box", "box:9777", "10.0.0.7", "[::1]:9777": the port may be missing.
std::string with_port(const std::string& text);

// `text` is an address, or the name or id of a host that is known or announces itself; a name is
// looked for on the network for a second or two. What the network says decides where we go, never
// whom we trust. `unavailable`: nobody is called so.
Result<Target> find_host(const std::string& text, const trust::KnownHosts& known);

}  // namespace pf::client_app
