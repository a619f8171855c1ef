// What of an ENet datagram is read before ENet itself sees it: whether it asks for a connection,
// with which data, and what it acknowledges (docs/protocol/gamestream.md section 8.1). Wire format
// of ENet 1.3, which has no other specification than its source.
//
//   peer u16 (bits 12…13 session, 14 compressed, 15 a time follows) ‖ time u16 ‖ commands
//   command: type u8 (bits 0…3) ‖ channel u8 ‖ sequence u16 ‖ body
//
// All of it may be a stranger's.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/bytes.h"

namespace pf::gamestream {

struct EnetDatagram {
  // Its place in the receiver's list; empty: it has none yet.
  std::optional<std::uint16_t> peer;
  // Of a request for a connection; only where there is no peer.
  std::optional<std::uint32_t> connect_data;
  // Low 16 bits of the millisecond in which we sent what it acknowledges, of the last one; only
  // where there is a peer.
  std::optional<std::uint16_t> acknowledged_time_ms;
};

// Empty: no datagram of ENet, a compressed one, or one of nobody that asks for nothing.
std::optional<EnetDatagram> parse_enet_datagram(Bytes datagram) noexcept;

}  // namespace pf::gamestream
