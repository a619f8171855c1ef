#include "core/net/traffic_class.h"

#include <arpa/inet.h>

namespace pf::net {
namespace {

bool is_private(std::uint32_t ipv4) noexcept {
  const auto within = [&](std::uint32_t network, int bits) {
    return (ipv4 ^ network) >> (32 - bits) == 0;
  };
  return within(0x7F00'0000, 8) || within(0x0A00'0000, 8) || within(0xAC10'0000, 12) ||
         within(0xC0A8'0000, 16) || within(0xA9FE'0000, 16) || within(0x6440'0000, 10);
}

}  // namespace

bool in_private_network(const Endpoint& endpoint) noexcept {
  if (endpoint.is_ipv4()) {
    const auto* address = reinterpret_cast<const sockaddr_in*>(endpoint.data());
    return is_private(ntohl(address->sin_addr.s_addr));
  }
  if (!endpoint.is_ipv6()) return false;
  const in6_addr& address = reinterpret_cast<const sockaddr_in6*>(endpoint.data())->sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&address)) {
    const std::uint8_t* const last = address.s6_addr + 12;
    return is_private(std::uint32_t{last[0]} << 24 | std::uint32_t{last[1]} << 16 |
                      std::uint32_t{last[2]} << 8 | last[3]);
  }
  return IN6_IS_ADDR_LOOPBACK(&address) || IN6_IS_ADDR_LINKLOCAL(&address) ||
         (address.s6_addr[0] & 0xFE) == 0xFC;
}

}  // namespace pf::net
