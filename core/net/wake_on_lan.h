// Wakes sleeping machines: magic packets to where they may be heard (docs/protocol/punktfunk1.md
// section 17.2). A packet is six bytes of 0xFF and the machine's address sixteen times.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/endpoint.h"

namespace pf::net {

using MacAddress = std::array<std::uint8_t, 6>;

inline constexpr std::size_t kMagicPacketBytes = 6 + 16 * 6;
std::array<std::byte, kMagicPacketBytes> magic_packet(const MacAddress& mac) noexcept;

// The broadcast addresses of all networks of this machine that are up, 255.255.255.255, and
// `last_known` whatever its port; each with the ports 9 and 7.
std::vector<Endpoint> wake_destinations(const std::optional<Endpoint>& last_known);

// One packet for each machine to each destination (IPv4). How many the system took. Blocks for as
// long as the system does, which may be moments on a machine without a route.
std::size_t send_magic_packets(std::span<const MacAddress> macs,
                               std::span<const Endpoint> destinations) noexcept;

}  // namespace pf::net
