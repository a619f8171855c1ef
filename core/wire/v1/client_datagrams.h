// QUIC datagrams from the client in punktfunk/1, little-endian. Source: docs/protocol/punktfunk1.md
// sections 9.1, 9.6, 9.7.
//
//   input event   input_event.h
//   microphone    0xCB · 1 sequence u32 · 5 pts u64 · 13 Opus
//   rich input    0xCC · 1 kind · fields by kind
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/message/client_datagram.h"

namespace pf::wire::v1 {

std::vector<std::byte> write_client_datagram(const message::ClientDatagram& datagram);

// The sound points into `datagram`; whether it is Opus is the decoder's to say. Empty: no
// microphone datagram, or a short one.
std::optional<message::Microphone> parse_microphone(Bytes datagram) noexcept;

}  // namespace pf::wire::v1
