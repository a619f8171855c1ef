// QUIC datagrams of punktfunk/1: a tag byte, then fixed fields. Longer ones are accepted and the
// excess ignored, so that tails can grow. Source: docs/protocol/punktfunk1.md section 9.
//
//   host timing  0xCF · 1 pts u64 · 9 host µs u32 [· 13 queue, encode, pace µs u32 [· 25 applied
//   phase ns i32]]
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/message/datagram.h"

namespace pf::wire::v1 {

// nullopt: another tag, or too short.
std::optional<message::HostTiming> parse_host_timing(Bytes datagram) noexcept;
std::vector<std::byte> write_host_timing(const message::HostTiming& timing);

}  // namespace pf::wire::v1
