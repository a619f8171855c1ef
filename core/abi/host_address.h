// A host as people name it: an address or a name, and a port.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/endpoint.h"
#include "core/base/result.h"

namespace pf::abi {

// Asks the system's resolver, which may take its time. IPv4 first: every host listens there.
// `unavailable`: no such name.
Result<Endpoint> find_host(const std::string& host, std::uint16_t port);

}  // namespace pf::abi
