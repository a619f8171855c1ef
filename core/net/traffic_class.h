// How routers and Wi-Fi are asked to treat what we send, by the differentiated services code point
// of each packet. RFC 4594 sections 4.1 and 4.3 and RFC 8325 choose the values: sound goes before
// pictures, and both before what loads in the background.
//
// Only on the way to addresses of private networks: out in the world marks are erased at best, and
// some providers drop what has them.
#pragma once

#include <cstdint>

#include "core/base/endpoint.h"

namespace pf::net {

enum class Traffic : std::uint8_t {
  picture = 34,  // AF41
  sound = 46,    // EF; and what has to be as quick and is as little
};

inline constexpr std::uint8_t kUnmarked = 0;

constexpr std::uint8_t dscp_of(Traffic traffic) noexcept {
  return static_cast<std::uint8_t>(traffic);
}

// This machine, or one that is reached without the public Internet: loopback, link-local, RFC 1918,
// RFC 6598 (100.64.0.0/10, as tailnets use it), RFC 4193. IPv4-mapped addresses count as what they
// stand for.
bool in_private_network(const Endpoint& endpoint) noexcept;

}  // namespace pf::net
