// The client's end of a QUIC connection, as a machine: the caller owns the socket and the clock.
//
//   receive a datagram   → handle({remote, local, bytes}, now)
//   next_timeout() is due → handle_timeout(now)
//   after each of these, and after every write: poll() until empty, send each Transmit, act on each
//   Event
//
// The control stream opens with the first write, so that a client which connects and closes with
// code 0 is a mere reachability probe. Not thread-safe. Source: docs/protocol/punktfunk1.md
// section 2.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <variant>

#include "core/base/machine.h"
#include "core/base/result.h"
#include "core/base/rng.h"
#include "core/quic/tls_identity.h"
#include "core/quic/types.h"

namespace pf::quic {

class Connection;

class QuicClient {
 public:
  using Input = ReceivedDatagram;
  using Output = std::variant<Transmit, Event>;

  struct Params {
    TransportConfig transport;
    Endpoint remote;
    Endpoint local;                  // of the bound socket
    std::optional<Fingerprint> pin;  // none: trust on first use, see Connected::peer
  };

  // Starts the handshake. `identity` and `rng` outlive the client; `rng` must be unpredictable
  // outside of tests.
  static Result<QuicClient> dial(const Params& params, const TlsIdentity& identity, Rng& rng,
                                 LocalTime now);
  QuicClient(QuicClient&&) noexcept;
  QuicClient& operator=(QuicClient&&) noexcept;
  ~QuicClient();

  void handle(Input datagram, LocalTime now);
  void handle_timeout(LocalTime now);
  std::optional<LocalTime> next_timeout() const;  // empty: the connection is gone
  std::optional<Output> poll();

  // False: not connected, or the peer does not read and the buffer (1 MiB) is full: end the
  // session.
  [[nodiscard]] bool write_stream(Bytes bytes, LocalTime now);
  // False: not connected, or larger than max_datagram_bytes(). Queued datagrams are latest-wins
  // within 16 KiB. Of one with a number other than 0, DatagramAcknowledged or DatagramLost tells.
  [[nodiscard]] bool send_datagram(Bytes bytes, LocalTime now, std::uint64_t number = 0);
  // Datagrams that were taken have not left yet, after everything has been polled: the path is
  // full. What is better merged than dropped had better wait elsewhere.
  bool datagrams_wait() const noexcept;
  // Poll once more afterwards, for the packet that tells the peer. No Closed event follows.
  void close(std::uint64_t code, std::string_view reason, LocalTime now);

  bool connected() const noexcept;
  std::size_t max_datagram_bytes()
      const noexcept;  // grows with path MTU discovery; 0 before Connected
  // Keying material that only the two ends of this connection have (RFC 5705).
  [[nodiscard]] bool export_key(std::string_view label, Bytes context,
                                MutableBytes into) const noexcept;

 private:
  explicit QuicClient(std::unique_ptr<Connection> connection) noexcept;
  std::unique_ptr<Connection> connection_;
};

static_assert(Machine<QuicClient>);

}  // namespace pf::quic
