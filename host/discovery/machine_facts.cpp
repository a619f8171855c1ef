#include "host/discovery/machine_facts.h"

#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "core/message/host_advert.h"

namespace pf::discovery {
namespace {

// The value of KEY=value or KEY="value", as os-release(5) has it; only what os-release allows in an
// ID is kept, so that the text can stand in a path.
std::string value_of(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.substr(0, key.size()) != key || line.substr(key.size(), 1) != "=") continue;
    line.remove_prefix(key.size() + 1);
    if (!line.empty() && (line.front() == '"' || line.front() == '\'')) line.remove_prefix(1);
    const auto end = std::find_if_not(line.begin(), line.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    });
    return std::string(line.begin(), end);
  }
  return {};
}

using Interfaces = std::unique_ptr<ifaddrs, void (*)(ifaddrs*)>;
Interfaces interfaces() {
  ifaddrs* list = nullptr;
  return Interfaces(getifaddrs(&list) == 0 ? list : nullptr, freeifaddrs);
}

// Bridges, tunnels and containers have no device below them.
bool is_hardware(const char* name) {
  return access((std::string("/sys/class/net/") + name + "/device").c_str(), F_OK) == 0;
}

}  // namespace

std::string os_chain(std::string_view os_release) {
  std::string chain = "linux";
  const std::string family = value_of(os_release, "ID_LIKE");  // the first one: the closest
  const std::string id = value_of(os_release, "ID");
  if (!family.empty()) chain += "/" + family;
  if (!id.empty() && id != family) chain += "/" + id;
  return chain;
}

std::vector<std::array<std::uint8_t, 6>> wake_macs() {
  std::vector<std::array<std::uint8_t, 6>> macs;
  const Interfaces all = interfaces();
  for (const ifaddrs* at = all.get(); at != nullptr; at = at->ifa_next) {
    if (macs.size() == message::kMaxAdvertMacs) break;
    if (at->ifa_addr == nullptr || at->ifa_addr->sa_family != AF_PACKET) continue;
    if ((at->ifa_flags & IFF_UP) == 0 || !is_hardware(at->ifa_name)) continue;
    const auto& link = *reinterpret_cast<const sockaddr_ll*>(at->ifa_addr);
    if (link.sll_hatype != ARPHRD_ETHER || link.sll_halen != 6) continue;
    std::array<std::uint8_t, 6> mac;
    std::copy_n(link.sll_addr, mac.size(), mac.begin());
    macs.push_back(mac);
  }
  return macs;
}

std::string mac_of(const Endpoint& address) {
  const unsigned index = interface_of(address);
  const Interfaces all = interfaces();
  for (const ifaddrs* at = all.get(); at != nullptr && index != 0; at = at->ifa_next) {
    if (at->ifa_addr == nullptr || at->ifa_addr->sa_family != AF_PACKET) continue;
    const auto& link = *reinterpret_cast<const sockaddr_ll*>(at->ifa_addr);
    if (link.sll_ifindex != static_cast<int>(index) || link.sll_hatype != ARPHRD_ETHER) continue;
    if (link.sll_halen != 6) continue;
    const auto* const mac = link.sll_addr;
    return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", mac[0], mac[1], mac[2], mac[3],
                       mac[4], mac[5]);
  }
  return {};
}

unsigned interface_of(const Endpoint& address) {
  const Interfaces all = interfaces();
  for (const ifaddrs* at = all.get(); at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr || at->ifa_addr->sa_family != AF_INET) continue;
    const auto own = Endpoint::from_sockaddr(at->ifa_addr, sizeof(sockaddr_in));
    if (own && own->same_address(address)) return if_nametoindex(at->ifa_name);
  }
  return 0;
}

}  // namespace pf::discovery
