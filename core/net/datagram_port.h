// An end of the network that sends and receives datagrams: a UDP socket, or its stand-in in the
// simulated world.
//
// A port belongs to nobody's connection: every batch names its destination and every datagram its
// source, so that QUIC and media can share one. One thread receives; any number may send, as the
// sessions of GameStream's door do from its one video port.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/endpoint.h"
#include "core/base/packet_run.h"
#include "core/base/time.h"
#include "core/runtime/doorbell.h"

namespace pf::net {

// The largest payload a UDP datagram over IPv4 can have.
inline constexpr std::size_t kMaxUdpPayloadBytes = 65507;

struct Datagram {
  std::span<std::byte> bytes;  // the port's memory, free to be changed until the next receive
  Endpoint source;
  LocalTime received_at;
};

enum class SendOutcome : std::uint8_t {
  sent,         // the system took every packet
  partly_sent,  // its queues stayed full, or it refused some; what it took are not necessarily the
                // first
  unreachable,  // no way to that destination now; worth another try later
};

class DatagramPort {
 public:
  virtual ~DatagramPort() = default;

  virtual Endpoint local() const noexcept = 0;

  // Returns once the system has every packet, or will not take the rest. Losing packets is not an
  // error of the port.
  virtual SendOutcome send(PacketRun run, const Endpoint& to) noexcept = 0;

  // Fills `into` from its start; how many. Waits for the first one until the bell rings or
  // `patience` ends: 0 then. Without patience it only looks, and leaves the bell as it is.
  virtual std::size_t receive(std::span<Datagram> into, Doorbell& bell,
                              Nanos patience) noexcept = 0;
};

}  // namespace pf::net
