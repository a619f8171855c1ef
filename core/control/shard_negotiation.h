// How large the host's shards are while a session runs: as large as the path carries.
//
// A session begins with the size for an Ethernet, or with what an earlier one has learned. QUIC
// meanwhile searches for the path's MTU; what it has proven is looked at twice: soon, when a sound
// path has proven itself and a viewer behind a tunnel still sees nothing, and once more when the
// slowest search is over. Smaller shards are used at once, since they pass and every packet tells
// its size; larger ones when the client has agreed.
//
// Nothing here goes beyond an Ethernet: ngtcp2 0.12 cannot prove more than 1444 bytes, and a path
// that is only believed to carry more would show a black screen (shard_size.h). Pure, a part of
// HostSession. Source: docs/protocol/punktfunk1.md sections 6.5, 11.4.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/time.h"

namespace pf::control {

class ShardNegotiation {
 public:
  // From the first packet on. A path of 300 ms proves 1444 bytes within the first; every probe that
  // is lost costs three of its round trips, thrice, within the second.
  static constexpr Nanos kFirstLook = seconds(3);
  static constexpr Nanos kLastLook = seconds(10);
  static constexpr Nanos kAckTimeout = seconds(5);

  struct Terms {
    std::uint16_t shard_bytes = 0;         // of the Welcome
    std::uint16_t largest_bytes = 0;       // that the session may come to
    std::uint16_t client_limit_bytes = 0;  // of the Hello; 0: the client keeps to the Welcome's
    std::uint16_t overhead_bytes = 64;     // of a packet
    std::uint32_t proven_udp_bytes = 0;    // of the path, before the session began; 0: unknown
  };

  // What there is to do, all of it optional, in this order.
  struct Step {
    std::optional<std::uint16_t> announce;  // to the client: ShardPayloadChanged
    std::optional<std::uint16_t> apply;     // from the next frame on
    std::optional<std::uint32_t> learned;   // UDP payload that the path carries, for later sessions
  };

  ShardNegotiation(const Terms& terms, LocalTime began) noexcept;

  // UDP payload that a QUIC packet to this client was seen to have; it only grows.
  void on_path_proven(std::uint32_t udp_bytes) noexcept { proven_udp_bytes_ = udp_bytes; }

  Step on_ack(std::uint16_t shard_bytes) noexcept;
  Step handle_timeout(LocalTime now) noexcept;
  std::optional<LocalTime> next_timeout() const noexcept;

  std::uint16_t shard_bytes() const noexcept { return shard_bytes_; }

 private:
  Step look(LocalTime now) noexcept;

  const Terms terms_;
  const LocalTime began_;
  std::uint16_t shard_bytes_;
  std::uint32_t proven_udp_bytes_;  // 0: nothing is known
  std::optional<LocalTime> next_look_;
  std::uint16_t offered_bytes_ = 0;  // a growth that waits for its Ack; 0: none
  LocalTime ack_until_;
};

}  // namespace pf::control
