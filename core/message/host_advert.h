// What a host says about itself on the local network, before anybody has spoken to it.
// Source: docs/protocol/punktfunk1.md section 17.1.
//
// None of it is authenticated: whoever is on the network can say it. It helps a person to choose,
// it never decides whom to trust.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pf::message {

inline constexpr std::string_view kServiceType = "_punktfunk._udp";

// What hosts of this protocol write; the number may differ in times to come.
inline constexpr std::string_view kAdvertProtocol = "punktfunk/1";

// More network cards than a machine that one wakes up has; all of them fit into one TXT string.
inline constexpr std::size_t kMaxAdvertMacs = 14;

struct HostAdvert {
  std::string protocol;  // empty: not said
  // Of the host's certificate. For showing only; the connection tells the truth.
  std::optional<std::array<std::byte, 32>> fingerprint;
  bool pairing_required = true;                   // false only where the host says `optional`
  std::string id;                                 // stable and unique; empty: not said
  std::uint16_t management_port = 0;              // TCP; 0: no management API
  std::string os;                                 // "linux/debian"; empty: not known
  std::vector<std::array<std::uint8_t, 6>> macs;  // for Wake-on-LAN

  bool operator==(const HostAdvert&) const = default;
};

}  // namespace pf::message
