// A host as people name it, found through the system's resolver.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/endpoint.h"
#include "core/base/result.h"

namespace pf::net {

// `host` is a name or an address. Blocks for as long as the resolver does. IPv4 first: every host
// listens there. `unavailable`: no such name.
Result<Endpoint> resolve(const std::string& host, std::uint16_t port);

}  // namespace pf::net
