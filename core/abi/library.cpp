// What the library does without a session.
#include <cstring>
#include <string>

#include "core/abi/include/punktfunk_core.h"
#include "core/net/wake_on_lan.h"

namespace pf::abi {
namespace {

constexpr std::size_t kMaxMacs = 64;          // a machine has a few; this bounds the broadcasts
constexpr std::size_t kMaxAddressBytes = 16;  // "255.255.255.255" and its end

PunktfunkStatus wake(const std::uint8_t* macs, std::size_t mac_count, const char* last_known_ip) {
  std::optional<Endpoint> last_known;
  if (last_known_ip != nullptr) {
    const std::string address(last_known_ip, strnlen(last_known_ip, kMaxAddressBytes));
    last_known = Endpoint::parse(address + ":9");
    if (!last_known || !last_known->is_ipv4()) return PUNKTFUNK_STATUS_INVALID_ARG;
  }
  std::vector<net::MacAddress> addresses(mac_count);
  for (std::size_t i = 0; i < mac_count; ++i)
    std::memcpy(addresses[i].data(), macs + i * addresses[i].size(), addresses[i].size());
  const std::size_t sent = net::send_magic_packets(addresses, net::wake_destinations(last_known));
  return sent > 0 ? PUNKTFUNK_STATUS_OK : PUNKTFUNK_STATUS_IO;
}

}  // namespace
}  // namespace pf::abi

extern "C" uint32_t punktfunk_abi_version(void) { return PUNKTFUNK_ABI_VERSION; }

extern "C" PunktfunkStatus punktfunk_wake_on_lan(const uint8_t* macs, uintptr_t mac_count,
                                                 const char* last_known_ip) {
  if (macs == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
  if (mac_count == 0 || mac_count > pf::abi::kMaxMacs) return PUNKTFUNK_STATUS_INVALID_ARG;
  try {
    return pf::abi::wake(macs, mac_count, last_known_ip);
  } catch (...) {
    return PUNKTFUNK_STATUS_PANIC;
  }
}
