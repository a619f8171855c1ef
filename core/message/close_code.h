// Why a connection ended, as the number that QUIC carries. The table is open: a code we do not know
// is a host error. Source: docs/protocol/punktfunk1.md section 3.3, punktfunk2.md section 8.4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pf::message {

enum class CloseCode : std::uint64_t {
  done = 0x00,
  internal_error = 0x01,
  busy = 0x42,
  quit = 0x51,  // by the client's user: the host keeps nothing for a return
  game_exited = 0x52,
  pairing_not_armed = 0x60,
  pairing_other_device = 0x61,
  pairing_rate_limited = 0x62,
  no_identity = 0x63,
  denied = 0x64,
  approval_timed_out = 0x65,
  superseded = 0x66,
  wire_version = 0x67,
  setup_failed = 0x68,
  access_ended = 0x69,
  launch_not_permitted = 0x6A,
  host_asleep = 0x6B,
  unknown_profile = 0x6C,
  no_seat_free = 0x6D,
  seat_occupied = 0x6E,
  seat_unavailable = 0x6F,
  access_granted = 0x72,  // the answer to a client that only asked for access
};

// Longer reason texts are cut, at a character's border, before they are sent.
inline constexpr std::size_t kMaxReasonBytes = 256;

enum class CloseKind : std::uint8_t {
  ended,     // nothing went wrong
  rejected,  // the host said no: trying again unchanged is no use
  busy,      // the host said not now
  failed,    // the host could not
};
CloseKind kind_of(CloseCode code) noexcept;

// What happened and what to do about it, for the client's user. `reason` is the peer's text,
// untrusted; it is shown only for the codes whose text is meant for people (busy, set-up failed,
// denied, …), with control characters removed.
std::string sentence(CloseCode code, std::string_view reason);

}  // namespace pf::message
