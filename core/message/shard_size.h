// How large a shard may be, so that a sealed packet passes the path whole
// (docs/protocol/punktfunk1.md section 11.4). The overhead of a packet is a property of the wire
// generation, so it is an argument.
#pragma once

#include <algorithm>
#include <cstdint>

namespace pf::message {

enum class IpFamily : std::uint8_t { v4, v6 };  // an IPv4-mapped address is v4

inline constexpr std::uint16_t kMinShardBytes = 512;  // below it headers eat the link
inline constexpr std::uint16_t kMaxDatagramBytes =
    9216;  // a jumbo frame's worth; what receive slots hold

// IP and UDP headers in front of a datagram.
constexpr std::uint16_t ip_udp_bytes(IpFamily family) noexcept {
  return family == IpFamily::v4 ? 28 : 48;
}

// For an Ethernet of 1500 bytes: 1408 and 1388 with the overhead of generation 1. Later generations
// keep them.
constexpr std::uint16_t default_shard_bytes(IpFamily family) noexcept {
  return family == IpFamily::v4 ? 1408 : 1388;
}

constexpr std::uint16_t max_shard_bytes(std::uint16_t overhead_bytes) noexcept {
  return static_cast<std::uint16_t>(kMaxDatagramBytes - overhead_bytes);
}

// The largest legal shard, even, for datagrams of at most `udp_bytes`; never more than
// `limit_bytes`.
constexpr std::uint16_t shard_bytes_within(std::uint32_t udp_bytes, std::uint16_t overhead_bytes,
                                           std::uint16_t limit_bytes) noexcept {
  const std::uint32_t room = udp_bytes > overhead_bytes ? (udp_bytes - overhead_bytes) & ~1u : 0;
  return static_cast<std::uint16_t>(std::clamp<std::uint32_t>(room, kMinShardBytes, limit_bytes));
}

// What every path of QUIC carries (RFC 9000 section 14.1), and the most that ngtcp2 0.12 can prove:
// its search ends with the probe for PPPoE. Whoever carries so much counts as an Ethernet.
inline constexpr std::uint32_t kLeastPathUdpBytes = 1200;
inline constexpr std::uint32_t kMostProvenUdpBytes = 1444;

// From what QUIC's search has proven of a path; never more than `largest_bytes`, which an Ethernet
// carries, or what an operator named.
constexpr std::uint16_t shard_bytes_on_path(std::uint32_t proven_udp_bytes,
                                            std::uint16_t overhead_bytes,
                                            std::uint16_t largest_bytes) noexcept {
  if (proven_udp_bytes >= kMostProvenUdpBytes) return largest_bytes;
  return shard_bytes_within(proven_udp_bytes, overhead_bytes, largest_bytes);
}

// From the largest UDP payload the path was seen to carry. Without the operator's jumbo opt-in the
// default is the most; with it, what the peer and the format allow.
constexpr std::uint16_t shard_bytes_from_udp(std::uint32_t udp_bytes, IpFamily family,
                                             std::uint16_t overhead_bytes) noexcept {
  return shard_bytes_within(udp_bytes, overhead_bytes, default_shard_bytes(family));
}
constexpr std::uint16_t jumbo_shard_bytes_from_udp(std::uint32_t udp_bytes,
                                                   std::uint16_t overhead_bytes,
                                                   std::uint16_t peer_limit_bytes) noexcept {
  const std::uint16_t most = std::min(peer_limit_bytes, max_shard_bytes(overhead_bytes));
  return shard_bytes_within(udp_bytes, overhead_bytes, std::max(most, kMinShardBytes));
}

// From an IP MTU that an operator names.
constexpr std::uint32_t udp_bytes_of_mtu(std::uint32_t mtu_bytes, IpFamily family) noexcept {
  return mtu_bytes > ip_udp_bytes(family) ? mtu_bytes - ip_udp_bytes(family) : 0;
}

}  // namespace pf::message
