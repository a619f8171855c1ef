// The address of a host that a person has named.
#pragma once

#include <string>

#include "core/base/endpoint.h"
#include "core/base/result.h"

namespace pf::probe {

// "name-or-address:port". Blocks for as long as the system's resolver does. `malformed`: no port;
// `unavailable`: nobody is called so.
Result<Endpoint> resolve_host(const std::string& host);

}  // namespace pf::probe
