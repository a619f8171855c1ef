// One QUIC connection as a machine: datagrams and time in, datagrams and events out (ngtcp2 and
// GnuTLS inside). Internal to this room; QuicClient and QuicServer hold it.
//
// There is one bidirectional stream, opened by the client with its first write, and unreliable
// datagrams (RFC 9221). Everything a peer can make us hold is bounded. connection.cpp has its
// beginning, what comes in and its timers; connection_sending.cpp what leaves;
// connection_closing.cpp its end; connection_callbacks.cpp what the library tells in between.
// Source: docs/protocol/punktfunk1.md section 2, RFC 9000, RFC 9001.
#pragma once

#include <ngtcp2/ngtcp2.h>
#include <ngtcp2/ngtcp2_crypto.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/rng.h"
#include "core/base/time.h"
#include "core/quic/ngtcp2_words.h"
#include "core/quic/send_buffer.h"
#include "core/quic/tls_session.h"
#include "core/quic/types.h"

namespace pf::quic {

inline constexpr std::size_t kConnectionIdBytes = 16;

// What the peer may have under way on the control stream before we have read it.
inline constexpr std::size_t kStreamWindowBytes = 256 * 1024;

// Datagrams are latest-wins: when the queue to the network is full, the oldest goes. Sound comes in
// bursts of one cycle of the sound server, in 7.1 with repetition up to 5 KiB at 21 ms.
inline constexpr std::size_t kDatagramSendBytes = 16 * 1024;
// Received datagrams that nobody has polled yet; beyond it new ones are dropped.
inline constexpr std::size_t kMaxUnreadDatagramBytes = 256 * 1024;

// An acknowledgement of datagrams waits for so long for something to travel with, or until so many
// came. A mouse sends a datagram each millisecond, and answering each would cost the host as much
// as all else it does with them, as the library would by itself on a near path: its pause is an
// eighth of the round trip. We promise 25 ms (max_ack_delay, the default of RFC 9000 section 18.2),
// and say every delay, so that the peer's round trips stay right. As often as once in ten packets
// is the limit that section 13.2.2 leaves to judgement.
inline constexpr Nanos kAckPause = milliseconds(10);
inline constexpr std::uint32_t kMaxHeldBack = 10;
// Timers that nothing waits for need not be finer (RFC 9002 section 6.1.2, kGranularity).
inline constexpr Nanos kTimerGranularity = milliseconds(1);

// The largest UDP payloads that fit an Ethernet frame; path MTU discovery goes no higher.
inline constexpr std::size_t kMaxUdpPayloadIpv4 = 1472;
inline constexpr std::size_t kMaxUdpPayloadIpv6 = 1452;

class Connection {
 public:
  struct Opening {  // what a server knows from a client's first packet
    ngtcp2_cid client_source_id;
    ngtcp2_cid original_destination_id;
    std::optional<ngtcp2_cid> retry_source_id;  // after a Retry
    Bytes token;                                // likewise; borrowed
    std::uint32_t version;
  };

  // `identity` and `rng` outlive the connection. `rng` must be unpredictable outside of tests.
  static Result<std::unique_ptr<Connection>> dial(const TransportConfig& config,
                                                  const TlsIdentity& identity,
                                                  const std::optional<Fingerprint>& pin,
                                                  const Endpoint& remote, const Endpoint& local,
                                                  Rng& rng, LocalTime now);
  static Result<std::unique_ptr<Connection>> accept(const TransportConfig& config,
                                                    const TlsIdentity& identity,
                                                    const Opening& opening, const Endpoint& remote,
                                                    const Endpoint& local, Rng& rng, LocalTime now);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void receive(const ReceivedDatagram& datagram, LocalTime now);
  void handle_timeout(LocalTime now);
  std::optional<LocalTime> next_timeout() const;
  std::optional<Transmit> poll_transmit();
  std::optional<Event> poll_event();

  // False: not connected, or the peer does not read and the buffer is full.
  [[nodiscard]] bool write_stream(Bytes bytes, LocalTime now);
  // False: not connected, larger than the path or the peer takes. Of a number other than 0 an event
  // tells what became of it.
  [[nodiscard]] bool send_datagram(Bytes bytes, LocalTime now, std::uint64_t number = 0);
  // What has come is acknowledged by the next poll, not in a moment.
  void acknowledge_now() noexcept { held_back_ = 0; }
  void close(std::uint64_t code, std::string_view reason, LocalTime now);

  bool connected() const noexcept { return connected_ && state_ == State::running; }
  bool handshaking() const noexcept { return !connected_; }
  bool gone() const noexcept { return state_ == State::gone && events_.empty(); }
  // UDP payload that a packet of ours was seen to arrive with; grows while the path's MTU is
  // searched for, up to 1444 (the library's last probe).
  std::size_t proven_udp_bytes() const noexcept;
  std::size_t max_datagram_bytes() const noexcept;  // 0 before the handshake is complete
  bool datagrams_wait() const noexcept { return !datagrams_out_.empty(); }
  std::uint64_t dropped_datagrams() const noexcept { return dropped_datagrams_; }
  bool export_key(std::string_view label, Bytes context, MutableBytes into) const noexcept;
  Endpoint remote() const noexcept;

  // Connection ids that packets to us may carry; a server keeps its table by them. Emptied by the
  // call.
  struct IdChanges {
    std::vector<ngtcp2_cid> issued;
    std::vector<ngtcp2_cid> retired;
  };
  IdChanges take_id_changes();

 private:
  enum class State : std::uint8_t {
    running,
    closing,   // we said so; the packet is repeated to a peer that goes on talking
    draining,  // the peer said so
    gone,
  };
  struct Callbacks;  // the library's C callbacks
  friend struct Callbacks;
  static ngtcp2_callbacks make_callbacks(Role role) noexcept;

  Connection(Role role, Rng& rng, LocalTime now) noexcept;
  Result<void> open_tls(const TransportConfig& config, const TlsIdentity& identity,
                        const std::optional<Fingerprint>& pin);
  Result<void> open_client(const TransportConfig& config, const Endpoint& remote,
                           const Endpoint& local);
  Result<void> open_server(const TransportConfig& config, const Opening& opening,
                           const Endpoint& remote, const Endpoint& local);
  void finish_open(const TransportConfig& config);

  ngtcp2_cid new_id();
  ngtcp2_tstamp timestamp() const noexcept { return to_timestamp(now_); }
  void advance(LocalTime now) noexcept;
  void on_error(int code);
  void on_tls_error();
  void on_peer_close();
  void start_closing(const ngtcp2_connection_close_error& error);
  void report(CloseCause cause, std::uint64_t code, std::string reason);
  void end() noexcept { state_ = State::gone; }
  Nanos closing_period() const noexcept;
  bool something_waits() const noexcept;
  void end_burst() noexcept;
  bool holds_back() const noexcept;

  std::optional<Transmit> transmit_close();
  ngtcp2_ssize write_packet(MutableBytes into, ngtcp2_path_storage& path);
  std::optional<ngtcp2_ssize> write_datagram_packet(MutableBytes into, ngtcp2_path_storage& path);
  std::optional<ngtcp2_ssize> write_stream_packet(MutableBytes into, ngtcp2_path_storage& path);
  std::size_t frame_room() const noexcept;
  void drop_oldest_datagram();

  void on_connected();
  void on_stream_bytes(std::int64_t stream, Bytes bytes, bool finished);

  Role role_;
  Rng& rng_;
  LocalTime now_;
  Nanos idle_timeout_{0};
  State state_ = State::running;
  bool connected_ = false;
  ngtcp2_crypto_conn_ref reference_{};
  std::unique_ptr<TlsSession> tls_;
  ngtcp2_conn* conn_ = nullptr;

  std::optional<std::int64_t> stream_;
  SendBuffer stream_out_;
  bool stream_blocked_ = false;  // by the peer's windows
  bool stream_dead_ = false;     // reset, by either end
  bool stream_reported_ended_ = false;
  struct OutgoingDatagram {
    std::uint64_t number = 0;
    std::vector<std::byte> bytes;
  };
  std::deque<OutgoingDatagram> datagrams_out_;
  std::size_t datagrams_out_bytes_ = 0;
  std::size_t unread_datagram_bytes_ = 0;
  std::uint64_t dropped_datagrams_ = 0;

  std::deque<Event> events_;
  IdChanges id_changes_;
  std::size_t burst_bytes_ = 0;  // written since time last moved
  std::uint32_t held_back_ = 0;  // datagrams that came and may be acknowledged in a moment
  LocalTime held_until_;         // of these
  LocalTime written_at_;         // the newest packet

  std::vector<std::byte> close_packet_;
  Endpoint close_remote_, close_local_;
  bool close_due_ = false;
  std::uint32_t received_while_closing_ = 0;
  LocalTime over_at_;  // of closing and draining
};

}  // namespace pf::quic
