#include "core/net/wake_on_lan.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>

#include "core/runtime/unique_fd.h"

namespace pf::net {
namespace {

constexpr std::array<std::uint16_t, 2> kPorts = {9, 7};  // discard and echo, as everybody does
constexpr std::size_t kMaxNetworks = 32;                 // a machine with more is a router

void add(std::vector<Endpoint>& destinations, const Endpoint& address) {
  for (const std::uint16_t port : kPorts) {
    const Endpoint destination = address.with_port(port);
    if (std::find(destinations.begin(), destinations.end(), destination) == destinations.end())
      destinations.push_back(destination);
  }
}

}  // namespace

std::array<std::byte, kMagicPacketBytes> magic_packet(const MacAddress& mac) noexcept {
  std::array<std::byte, kMagicPacketBytes> packet;
  packet.fill(std::byte{0xFF});
  for (std::size_t i = mac.size(); i < packet.size(); ++i)
    packet[i] = std::byte{mac[i % mac.size()]};
  return packet;
}

std::vector<Endpoint> wake_destinations(const std::optional<Endpoint>& last_known) {
  std::vector<Endpoint> destinations;
  if (last_known) add(destinations, *last_known);
  add(destinations, Endpoint::ipv4({255, 255, 255, 255}, 0));
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return destinations;
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(first, freeifaddrs);
  for (const ifaddrs* network = first;
       network != nullptr && destinations.size() < kPorts.size() * kMaxNetworks;
       network = network->ifa_next) {
    constexpr unsigned kWanted = IFF_UP | IFF_BROADCAST;
    if ((network->ifa_flags & kWanted) != kWanted || network->ifa_broadaddr == nullptr) continue;
    if (network->ifa_addr == nullptr || network->ifa_addr->sa_family != AF_INET) continue;
    if (const auto broadcast = Endpoint::from_sockaddr(network->ifa_broadaddr, sizeof(sockaddr_in)))
      add(destinations, *broadcast);
  }
  return destinations;
}

std::size_t send_magic_packets(std::span<const MacAddress> macs,
                               std::span<const Endpoint> destinations) noexcept {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  if (!socket || setsockopt(socket.get(), SOL_SOCKET, SO_BROADCAST, &yes, sizeof yes) != 0)
    return 0;
  std::size_t sent = 0;
  for (const MacAddress& mac : macs) {
    const auto packet = magic_packet(mac);
    for (const Endpoint& to : destinations) {
      const auto took =
          sendto(socket.get(), packet.data(), packet.size(), 0, to.data(), to.size_bytes());
      sent += took == static_cast<ssize_t>(packet.size()) ? 1 : 0;
    }
  }
  return sent;
}

}  // namespace pf::net
