// Our words for addresses, times and bytes, and ngtcp2's for the same. Internal to this room.
#pragma once

#include <ngtcp2/ngtcp2.h>

#include <cstdint>

#include "core/base/bytes.h"
#include "core/base/endpoint.h"
#include "core/base/time.h"

namespace pf::quic {

// The library's clock. Shifted, because it takes 0 for "never" in places and simulated time starts
// there.
ngtcp2_tstamp to_timestamp(LocalTime now) noexcept;
LocalTime from_timestamp(ngtcp2_tstamp stamp) noexcept;
ngtcp2_duration to_duration(Nanos duration) noexcept;

ngtcp2_cid to_cid(Bytes bytes) noexcept;

// Borrows the endpoint; the library does not write to it.
ngtcp2_addr to_addr(const Endpoint& endpoint) noexcept;
Endpoint from_addr(const ngtcp2_addr& addr) noexcept;  // of no address: an empty one

const std::uint8_t* raw(Bytes bytes) noexcept;
std::uint8_t* raw(MutableBytes bytes) noexcept;

}  // namespace pf::quic
