// Whether a host answers at an address: a QUIC handshake and nothing more, without trust either
// way.
#pragma once

#include "core/base/endpoint.h"
#include "core/base/result.h"
#include "core/base/rng.h"
#include "core/base/time.h"

namespace pf::endpoint {

// Blocks for `patience` at most; any thread, its own socket. `timed_out`: nobody answered, or not
// in our language.
Result<void> reach_host(const Endpoint& host, Nanos patience, const Clock& clock, Rng& rng);

}  // namespace pf::endpoint
