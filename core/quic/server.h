// All QUIC connections of a host behind one UDP socket, as a machine: the caller owns the socket
// and the clock.
//
//   receive a datagram   → handle({remote, local, bytes}, now)
//   next_timeout() is due → handle_timeout(now)
//   after each of these, and after every write: poll() until empty, send each Transmit, act on each
//   ServerEvent
//
// Strangers cost little: garbage is counted and forgotten, unknown versions get a version
// negotiation packet, and once several handshakes are under way a newcomer must first prove his
// address (Retry, RFC 9000 section 8.1), which costs us no memory. Not thread-safe. Source:
// docs/protocol/punktfunk1.md section 2.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "core/base/machine.h"
#include "core/base/result.h"
#include "core/base/rng.h"
#include "core/base/secret.h"
#include "core/quic/tls_identity.h"
#include "core/quic/types.h"

namespace pf::quic {

class Connection;

// Names one connection of a server for ever: numbers are not used again.
enum class ConnectionHandle : std::uint64_t {};

struct ServerEvent {
  ConnectionHandle connection{};
  Event event;  // the first one is Connected; the last one Closed, unless we closed
};

class QuicServer {
 public:
  using Input = ReceivedDatagram;
  using Output = std::variant<Transmit, ServerEvent>;

  // Far above the sessions a host can serve, so that pairing and reachability probes always find
  // room; each costs some 100 kB.
  static constexpr std::size_t kMaxConnections = 64;
  // One address, which may be a whole household behind a router, never takes all of them.
  static constexpr std::size_t kMaxConnectionsPerAddress = 32;
  // Handshakes under way, of which one address may have a few: clients behind one router.
  static constexpr std::size_t kMaxHandshakes = 32;
  static constexpr std::size_t kMaxHandshakesPerAddress = 8;
  // From here on newcomers prove their address first. One client and its repetitions stay below.
  static constexpr std::size_t kRetryAboveHandshakes = 4;
  // A handshake costs a signature and a key exchange, about half a millisecond: at most a tenth of
  // a core.
  static constexpr std::uint32_t kMaxHandshakesPerSecond = 200;

  struct Counters {
    std::uint64_t ignored = 0;            // datagrams that belong to nobody
    std::uint64_t moved = 0;              // from another address than the connection's
    std::uint64_t refused = 0;            // newcomers turned away by a bound
    std::uint64_t retries = 0;            // newcomers asked to prove their address
    std::uint64_t failed_handshakes = 0;  // ended before Connected
  };

  // `identity` and `rng` outlive the server; `rng` must be unpredictable outside of tests.
  QuicServer(const TransportConfig& config, const TlsIdentity& identity, Rng& rng, LocalTime now);
  ~QuicServer();

  // Of connections that begin from now on.
  void set_idle_timeout(Nanos idle_timeout) { config_.idle_timeout = idle_timeout; }

  void handle(Input datagram, LocalTime now);
  void handle_timeout(LocalTime now);
  std::optional<LocalTime> next_timeout() const;
  std::optional<Output> poll();

  // As in QuicClient. A void handle is answered with false and otherwise ignored: the peer may have
  // left.
  [[nodiscard]] bool write_stream(ConnectionHandle connection, Bytes bytes, LocalTime now);
  [[nodiscard]] bool send_datagram(ConnectionHandle connection, Bytes bytes, LocalTime now);
  // Acknowledgements of datagrams wait up to 10 ms for others to go with; this one does not.
  void acknowledge_now(ConnectionHandle connection);
  // The handle is void at once; the packet that tells the peer is still to be polled.
  void close(ConnectionHandle connection, std::uint64_t code, std::string_view reason,
             LocalTime now);
  void close_all(std::uint64_t code, std::string_view reason, LocalTime now);

  std::size_t max_datagram_bytes(ConnectionHandle connection) const noexcept;
  // What the path is known to carry whole: at least 1200, at most 1444; 0: no such connection.
  std::size_t proven_udp_bytes(ConnectionHandle connection) const noexcept;
  [[nodiscard]] bool export_key(ConnectionHandle connection, std::string_view label, Bytes context,
                                MutableBytes into) const noexcept;

  std::size_t connection_count() const noexcept { return connections_.size(); }
  std::size_t handshake_count() const noexcept;  // of these, not yet connected
  const Counters& counters() const noexcept { return counters_; }

 private:
  struct Slot {
    std::unique_ptr<Connection> connection;
    Endpoint remote;            // at the start
    std::string original_id;    // the connection id a client made up for its first packets
    bool reported = false;      // Connected has been given out
    bool closed_by_us = false;  // nobody wants its events any more
    bool ready = false;         // stands in ready_
  };
  struct Newcomer;

  void greet(const ReceivedDatagram& datagram, LocalTime now);
  void offer_versions(const ReceivedDatagram& datagram);
  void send_retry(const Newcomer& newcomer, LocalTime now);
  void refuse(const Newcomer& newcomer, std::uint64_t error);
  void admit(const Newcomer& newcomer, LocalTime now);
  bool take_handshake_credit(LocalTime now) noexcept;
  std::size_t connection_count_from(const Endpoint& remote) const noexcept;
  std::size_t handshake_count_from(const Endpoint& remote) const noexcept;

  Connection* find(ConnectionHandle connection) const noexcept;
  void mark_ready(ConnectionHandle handle, Slot& slot);
  void adopt_ids(ConnectionHandle handle, Slot& slot);
  std::optional<Output> poll_slot(ConnectionHandle handle, Slot& slot);
  std::optional<Event> poll_wanted_event(Slot& slot);
  void remove(ConnectionHandle handle);

  TransportConfig config_;
  const TlsIdentity& identity_;
  Rng& rng_;
  Secret<32> retry_secret_;
  std::map<ConnectionHandle, Slot> connections_;
  std::unordered_map<std::string, ConnectionHandle> by_id_;  // connection id bytes
  std::deque<ConnectionHandle> ready_;
  std::deque<Transmit> replies_;  // without a connection; drained by every poll
  std::uint64_t next_handle_ = 1;
  double handshake_credit_ = kMaxHandshakes;
  LocalTime credited_at_;
  Counters counters_;
};

static_assert(Machine<QuicServer>);

}  // namespace pf::quic
