#include "core/quic/connection.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "core/base/check.h"

namespace pf::quic {
namespace {

constexpr Nanos kClockShift = std::chrono::hours(1);

// Peers open one stream for each connection; a second one is refused by QUIC's own stream limit.
constexpr std::uint64_t kMaxPeerStreams = 1;
constexpr std::uint64_t kMaxDatagramFrameBytes = 65'535;
constexpr Nanos kMaxKeepAlive = seconds(4);
constexpr std::size_t kMaxCloseReasonBytes = 256;

// Short header, packet number and tag around a datagram's payload, and the frame's own type and
// length (RFC 9000 section 17.3, RFC 9221 section 4).
constexpr std::size_t kShortHeaderBytes = 1 + 4 + 16;
constexpr std::size_t kDatagramFrameBytes = 1 + 2;

constexpr ngtcp2_tstamp kLongAgo = 1;

constexpr std::uint64_t kCryptoErrorBase = 0x100;  // RFC 9001 section 4.8
constexpr std::uint64_t kCryptoErrorEnd = 0x200;
constexpr std::uint64_t kAlertNoApplicationProtocol = 120;

ngtcp2_duration to_duration(Nanos duration) noexcept {
  return static_cast<ngtcp2_duration>(duration.count());
}

LocalTime from_timestamp(ngtcp2_tstamp stamp) noexcept {
  return LocalTime(Nanos(static_cast<std::int64_t>(stamp)) - kClockShift);
}

ngtcp2_addr to_addr(const Endpoint& endpoint) noexcept {
  return {const_cast<sockaddr*>(endpoint.data()), endpoint.size_bytes()};
}

Endpoint from_addr(const ngtcp2_addr& addr) noexcept {
  return Endpoint::from_sockaddr(addr.addr, addr.addrlen).value_or(Endpoint());
}

std::size_t max_udp_payload(const Endpoint& remote) noexcept {
  return remote.is_ipv6() ? kMaxUdpPayloadIpv6 : kMaxUdpPayloadIpv4;
}

const std::uint8_t* raw(Bytes bytes) noexcept {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}
std::uint8_t* raw(MutableBytes bytes) noexcept {
  return reinterpret_cast<std::uint8_t*>(bytes.data());
}

CloseCause cause_of_transport_error(std::uint64_t code) noexcept {
  if (code == NGTCP2_CONNECTION_REFUSED) return CloseCause::refused;
  if (code == kCryptoErrorBase + kAlertNoApplicationProtocol) return CloseCause::no_common_protocol;
  const bool crypto = code >= kCryptoErrorBase && code < kCryptoErrorEnd;
  return crypto ? CloseCause::handshake_failed : CloseCause::protocol_error;
}

ngtcp2_settings make_settings(const TransportConfig& config, const Endpoint& remote, Rng& rng,
                              ngtcp2_tstamp now) noexcept {
  ngtcp2_settings settings;
  ngtcp2_settings_default(&settings);
  settings.initial_ts = now;
  settings.rand_ctx.native_handle = &rng;
  settings.max_tx_udp_payload_size = max_udp_payload(remote);
  settings.handshake_timeout = to_duration(config.handshake_timeout);
  return settings;
}

ngtcp2_transport_params make_params(const TransportConfig& config, Role role) noexcept {
  ngtcp2_transport_params params;
  ngtcp2_transport_params_default(&params);
  params.initial_max_stream_data_bidi_local = kStreamWindowBytes;
  params.initial_max_stream_data_bidi_remote = kStreamWindowBytes;
  params.initial_max_data = 2 * kStreamWindowBytes;
  params.initial_max_streams_bidi = role == Role::server ? kMaxPeerStreams : 0;
  params.initial_max_streams_uni = 0;
  params.max_idle_timeout = to_duration(config.idle_timeout);
  params.max_datagram_frame_size = kMaxDatagramFrameBytes;
  return params;
}

}  // namespace

ngtcp2_tstamp to_timestamp(LocalTime now) noexcept {
  return static_cast<ngtcp2_tstamp>((now.since_epoch() + kClockShift).count());
}

ngtcp2_cid to_cid(Bytes bytes) noexcept {
  ngtcp2_cid cid;
  ngtcp2_cid_init(&cid, raw(bytes), std::min<std::size_t>(bytes.size(), NGTCP2_MAX_CIDLEN));
  return cid;
}

// The library calls these while it reads or writes a packet; none of them calls back into it.
struct Connection::Callbacks {
  static Connection& self(void* user_data) noexcept { return *static_cast<Connection*>(user_data); }

  static ngtcp2_conn* get_conn(ngtcp2_crypto_conn_ref* reference) {
    return self(reference->user_data).conn_;
  }
  static void rand(std::uint8_t* into, std::size_t count, const ngtcp2_rand_ctx* context) {
    static_cast<Rng*>(context->native_handle)->fill(std::as_writable_bytes(std::span(into, count)));
  }
  static int path_challenge(ngtcp2_conn*, std::uint8_t* data, void* user_data) {
    self(user_data).rng_.fill(
        std::as_writable_bytes(std::span(data, NGTCP2_PATH_CHALLENGE_DATALEN)));
    return 0;
  }
  static int new_connection_id(ngtcp2_conn*, ngtcp2_cid* cid, std::uint8_t* token,
                               std::size_t count, void* user_data) {
    std::array<std::byte, NGTCP2_MAX_CIDLEN> bytes;
    Connection& connection = self(user_data);
    connection.rng_.fill(std::span(bytes).first(count));
    *cid = to_cid(Bytes(bytes).first(count));
    connection.rng_.fill(std::as_writable_bytes(std::span(token, NGTCP2_STATELESS_RESET_TOKENLEN)));
    connection.id_changes_.issued.push_back(*cid);
    return 0;
  }
  static int remove_connection_id(ngtcp2_conn*, const ngtcp2_cid* cid, void* user_data) {
    self(user_data).id_changes_.retired.push_back(*cid);
    return 0;
  }
  static int handshake_completed(ngtcp2_conn*, void* user_data) {
    self(user_data).on_connected();
    return 0;
  }
  static int stream_open(ngtcp2_conn*, std::int64_t stream, void* user_data) {
    self(user_data).stream_ = stream;  // the only one that the stream limit lets in
    return 0;
  }
  static int stream_data(ngtcp2_conn*, std::uint32_t flags, std::int64_t stream, std::uint64_t,
                         const std::uint8_t* data, std::size_t count, void* user_data, void*) {
    self(user_data).on_stream_bytes(stream, std::as_bytes(std::span(data, count)),
                                    (flags & NGTCP2_STREAM_DATA_FLAG_FIN) != 0);
    return 0;
  }
  static int stream_acknowledged(ngtcp2_conn*, std::int64_t, std::uint64_t offset,
                                 std::uint64_t count, void* user_data, void*) {
    self(user_data).stream_out_.on_acknowledged(offset + count);
    return 0;
  }
  static int stream_gone(Connection& connection, std::int64_t stream) {
    if (connection.stream_ != stream || connection.stream_reported_ended_) return 0;
    connection.stream_reported_ended_ = true;
    connection.events_.push_back(StreamEnded{.reset = true});
    return 0;
  }
  static int stream_reset(ngtcp2_conn*, std::int64_t stream, std::uint64_t, std::uint64_t,
                          void* user_data, void*) {
    return stream_gone(self(user_data), stream);
  }
  static int stream_close(ngtcp2_conn*, std::uint32_t, std::int64_t stream, std::uint64_t,
                          void* user_data, void*) {
    return stream_gone(self(user_data), stream);
  }
  static int datagram(ngtcp2_conn*, std::uint32_t, const std::uint8_t* data, std::size_t count,
                      void* user_data) {
    Connection& connection = self(user_data);
    if (connection.unread_datagram_bytes_ + count > kMaxUnreadDatagramBytes) {
      ++connection.dropped_datagrams_;
      return 0;
    }
    const Bytes bytes = std::as_bytes(std::span(data, count));
    connection.unread_datagram_bytes_ += count;
    if (connection.held_back_++ == 0) connection.held_until_ = connection.now_ + kAckPause;
    connection.events_.push_back(DatagramArrived{{bytes.begin(), bytes.end()}});
    return 0;
  }
  static int datagram_acknowledged(ngtcp2_conn*, std::uint64_t number, void* user_data) {
    if (number != 0) self(user_data).events_.push_back(DatagramAcknowledged{number});
    return 0;
  }
  static int datagram_lost(ngtcp2_conn*, std::uint64_t number, void* user_data) {
    if (number != 0) self(user_data).events_.push_back(DatagramLost{number});
    return 0;
  }

  static ngtcp2_callbacks make(Role role) noexcept {
    ngtcp2_callbacks callbacks{};
    if (role == Role::client) {
      callbacks.client_initial = ngtcp2_crypto_client_initial_cb;
      callbacks.recv_retry = ngtcp2_crypto_recv_retry_cb;
    } else {
      callbacks.recv_client_initial = ngtcp2_crypto_recv_client_initial_cb;
    }
    callbacks.recv_crypto_data = ngtcp2_crypto_recv_crypto_data_cb;
    callbacks.encrypt = ngtcp2_crypto_encrypt_cb;
    callbacks.decrypt = ngtcp2_crypto_decrypt_cb;
    callbacks.hp_mask = ngtcp2_crypto_hp_mask_cb;
    callbacks.update_key = ngtcp2_crypto_update_key_cb;
    callbacks.delete_crypto_aead_ctx = ngtcp2_crypto_delete_crypto_aead_ctx_cb;
    callbacks.delete_crypto_cipher_ctx = ngtcp2_crypto_delete_crypto_cipher_ctx_cb;
    callbacks.version_negotiation = ngtcp2_crypto_version_negotiation_cb;
    callbacks.rand = rand;
    callbacks.get_path_challenge_data = path_challenge;
    callbacks.get_new_connection_id = new_connection_id;
    callbacks.remove_connection_id = remove_connection_id;
    callbacks.handshake_completed = handshake_completed;
    callbacks.stream_open = stream_open;
    callbacks.recv_stream_data = stream_data;
    callbacks.acked_stream_data_offset = stream_acknowledged;
    callbacks.stream_reset = stream_reset;
    callbacks.stream_close = stream_close;
    callbacks.recv_datagram = datagram;
    callbacks.ack_datagram = datagram_acknowledged;
    callbacks.lost_datagram = datagram_lost;
    return callbacks;
  }
};

Connection::Connection(Role role, Rng& rng, LocalTime now) noexcept
    : role_(role), rng_(rng), now_(now), reference_{Callbacks::get_conn, this} {}

Connection::~Connection() {
  if (conn_ != nullptr) ngtcp2_conn_del(conn_);
}

Result<std::unique_ptr<Connection>> Connection::dial(const TransportConfig& config,
                                                     const TlsIdentity& identity,
                                                     const std::optional<Fingerprint>& pin,
                                                     const Endpoint& remote, const Endpoint& local,
                                                     Rng& rng, LocalTime now) {
  std::unique_ptr<Connection> connection(new Connection(Role::client, rng, now));
  PF_TRY_VOID(connection->open_tls(config, identity, pin));
  PF_TRY_VOID(connection->open_client(config, remote, local));
  connection->finish_open(config);
  return connection;
}

Result<std::unique_ptr<Connection>> Connection::accept(
    const TransportConfig& config, const TlsIdentity& identity, const Opening& opening,
    const Endpoint& remote, const Endpoint& local, Rng& rng, LocalTime now) {
  std::unique_ptr<Connection> connection(new Connection(Role::server, rng, now));
  PF_TRY_VOID(connection->open_tls(config, identity, std::nullopt));
  PF_TRY_VOID(connection->open_server(config, opening, remote, local));
  connection->finish_open(config);
  return connection;
}

Result<void> Connection::open_tls(const TransportConfig& config, const TlsIdentity& identity,
                                  const std::optional<Fingerprint>& pin) {
  PF_TRY(tls_, TlsSession::open(role_, identity, config.protocols, pin, &reference_));
  return {};
}

Result<void> Connection::open_client(const TransportConfig& config, const Endpoint& remote,
                                     const Endpoint& local) {
  const ngtcp2_cid destination = new_id();
  const ngtcp2_cid source = new_id();
  const ngtcp2_path path{to_addr(local), to_addr(remote), nullptr};
  const ngtcp2_callbacks callbacks = Callbacks::make(role_);
  const ngtcp2_settings settings = make_settings(config, remote, rng_, timestamp());
  const ngtcp2_transport_params params = make_params(config, role_);
  const int code = ngtcp2_conn_client_new(&conn_, &destination, &source, &path, NGTCP2_PROTO_VER_V1,
                                          &callbacks, &settings, &params, nullptr, this);
  if (code != 0) {
    return fail(ErrorKind::internal, "QUIC cannot dial {}: {}", remote.to_string(),
                ngtcp2_strerror(code));
  }
  return {};
}

Result<void> Connection::open_server(const TransportConfig& config, const Opening& opening,
                                     const Endpoint& remote, const Endpoint& local) {
  const ngtcp2_cid source = new_id();
  id_changes_.issued.push_back(source);
  const ngtcp2_path path{to_addr(local), to_addr(remote), nullptr};
  const ngtcp2_callbacks callbacks = Callbacks::make(role_);
  ngtcp2_settings settings = make_settings(config, remote, rng_, timestamp());
  settings.token.base = const_cast<std::uint8_t*>(raw(opening.token));
  settings.token.len = opening.token.size();
  ngtcp2_transport_params params = make_params(config, role_);
  params.original_dcid = opening.original_destination_id;
  if (opening.retry_source_id) {
    params.retry_scid = *opening.retry_source_id;
    params.retry_scid_present = 1;
  }
  const int code =
      ngtcp2_conn_server_new(&conn_, &opening.client_source_id, &source, &path, opening.version,
                             &callbacks, &settings, &params, nullptr, this);
  if (code != 0) {
    return fail(ErrorKind::internal, "QUIC cannot answer {}: {}", remote.to_string(),
                ngtcp2_strerror(code));
  }
  return {};
}

void Connection::finish_open(const TransportConfig& config) {
  idle_timeout_ = config.idle_timeout;
  ngtcp2_conn_set_tls_native_handle(conn_, tls_->handle());
}

ngtcp2_cid Connection::new_id() {
  std::array<std::byte, kConnectionIdBytes> bytes;
  rng_.fill(bytes);
  return to_cid(bytes);
}

void Connection::advance(LocalTime now) noexcept {
  if (now > now_) {
    now_ = now;
    burst_bytes_ = 0;
  }
}

void Connection::receive(const ReceivedDatagram& datagram, LocalTime now) {
  advance(now);
  if (state_ == State::closing) {
    // Ever more rarely, so that two closing ends do not keep each other busy (RFC 9000
    // section 10.2.1).
    close_due_ = close_due_ || std::has_single_bit(++received_while_closing_);
    return;
  }
  if (state_ != State::running || datagram.bytes.empty()) return;
  stream_blocked_ = false;  // the packet may open the stream's window or the connection's
  const ngtcp2_path path{to_addr(datagram.local), to_addr(datagram.remote), nullptr};
  const ngtcp2_pkt_info info{};
  on_error(ngtcp2_conn_read_pkt(conn_, &path, &info, raw(datagram.bytes), datagram.bytes.size(),
                                timestamp()));
}

void Connection::handle_timeout(LocalTime now) {
  advance(now);
  if (state_ == State::closing || state_ == State::draining) {
    if (now_ >= over_at_ && !close_due_) end();  // the last word is still to be polled
    return;
  }
  if (state_ != State::running) return;
  if (ngtcp2_conn_get_expiry(conn_) > timestamp()) return;
  on_error(ngtcp2_conn_handle_expiry(conn_, timestamp()));
}

std::optional<LocalTime> Connection::next_timeout() const {
  if (state_ == State::gone) return std::nullopt;
  if (state_ != State::running) return over_at_;
  const ngtcp2_tstamp expiry = ngtcp2_conn_get_expiry(conn_);
  if (expiry == UINT64_MAX) return std::nullopt;
  const LocalTime due = from_timestamp(expiry);
  if (!connected_ || something_waits()) return due;
  return std::max(due, holds_back() ? held_until_ : written_at_ + kTimerGranularity);
}

bool Connection::something_waits() const noexcept {
  return !datagrams_out_.empty() || !stream_out_.unsent().empty();
}

// All there is to say is that datagrams came, and that may wait.
bool Connection::holds_back() const noexcept {
  return connected_ && held_back_ > 0 && held_back_ < kMaxHeldBack && now_ < held_until_ &&
         !something_waits();
}

// What reading, writing or waiting came to.
void Connection::on_error(int code) {
  switch (code) {
    case 0:
      return;
    case NGTCP2_ERR_DRAINING:
      return on_peer_close();
    case NGTCP2_ERR_CLOSING:
    case NGTCP2_ERR_DROP_CONN:
    case NGTCP2_ERR_RETRY:
      return end();
    case NGTCP2_ERR_IDLE_CLOSE:
      report(connected_ ? CloseCause::timed_out : CloseCause::no_answer, 0, {});
      return end();
    case NGTCP2_ERR_HANDSHAKE_TIMEOUT:
      report(CloseCause::no_answer, 0, {});
      return end();
    case NGTCP2_ERR_RECV_VERSION_NEGOTIATION:
      report(CloseCause::no_common_protocol, 0, {});
      return end();
    case NGTCP2_ERR_CRYPTO:
      return on_tls_error();
    default: {
      ngtcp2_connection_close_error error;
      ngtcp2_connection_close_error_set_transport_error_liberr(&error, code, nullptr, 0);
      report(CloseCause::protocol_error, error.error_code, ngtcp2_strerror(code));
      return start_closing(error);
    }
  }
}

void Connection::on_tls_error() {
  const std::uint8_t alert = ngtcp2_conn_get_tls_alert(conn_);
  ngtcp2_connection_close_error error;
  ngtcp2_connection_close_error_set_transport_error_tls_alert(&error, alert, nullptr, 0);
  const CloseCause cause = tls_->pin_mismatch() ? CloseCause::wrong_identity
                                                : cause_of_transport_error(error.error_code);
  report(cause, error.error_code, {});
  if (tls_->pin_mismatch()) std::get<Closed>(events_.back()).peer = tls_->peer();
  start_closing(error);
}

void Connection::on_peer_close() {
  ngtcp2_connection_close_error error;
  ngtcp2_connection_close_error_default(&error);
  ngtcp2_conn_get_connection_close_error(conn_, &error);
  const bool application = error.type == NGTCP2_CONNECTION_CLOSE_ERROR_CODE_TYPE_APPLICATION;
  const CloseCause cause =
      application ? CloseCause::peer : cause_of_transport_error(error.error_code);
  const std::size_t reason_bytes = std::min(error.reasonlen, kMaxCloseReasonBytes);
  report(cause, error.error_code, {reinterpret_cast<const char*>(error.reason), reason_bytes});
  over_at_ = now_ + closing_period();
  state_ = State::draining;
}

void Connection::close(std::uint64_t code, std::string_view reason, LocalTime now) {
  advance(now);
  if (state_ != State::running) return;
  reason = reason.substr(0, kMaxCloseReasonBytes);
  ngtcp2_connection_close_error error;
  ngtcp2_connection_close_error_set_application_error(
      &error, code, reinterpret_cast<const std::uint8_t*>(reason.data()), reason.size());
  start_closing(error);
}

void Connection::start_closing(const ngtcp2_connection_close_error& error) {
  std::array<std::byte, kMaxUdpPayloadIpv4> packet;
  ngtcp2_path_storage path;
  ngtcp2_path_storage_zero(&path);
  ngtcp2_pkt_info info{};
  // The period is asked for first: afterwards the connection counts as closed.
  const Nanos period = closing_period();
  const ngtcp2_ssize count = ngtcp2_conn_write_connection_close(
      conn_, &path.path, &info, raw(MutableBytes(packet)), packet.size(), &error, timestamp());
  if (count <= 0) return end();  // nothing can be said any more
  close_packet_.assign(packet.begin(), packet.begin() + count);
  close_remote_ = from_addr(path.path.remote);
  close_local_ = from_addr(path.path.local);
  close_due_ = true;
  // A server keeps nothing for a stranger who never got through the handshake.
  over_at_ = role_ == Role::server && !connected_ ? now_ : now_ + period;
  state_ = State::closing;
}

Nanos Connection::closing_period() const noexcept {
  return 3 * Nanos(static_cast<std::int64_t>(ngtcp2_conn_get_pto(conn_)));  // RFC 9000 section 10.2
}

void Connection::report(CloseCause cause, std::uint64_t code, std::string reason) {
  events_.push_back(Closed{.cause = cause, .code = code, .reason = std::move(reason)});
}

// Before there is a round trip the library paces by a third of a second, which made a client wait
// 20 ms with its last word of a handshake. All of a handshake is less than the initial window, and
// that may leave at once (RFC 9002 section 7.7): it counts as sent long ago.
void Connection::end_burst() noexcept {
  ngtcp2_conn_update_pkt_tx_time(conn_, connected_ ? timestamp() : kLongAgo);
}

std::optional<Transmit> Connection::poll_transmit() {
  if (state_ == State::closing) return transmit_close();
  if (state_ != State::running || holds_back()) return std::nullopt;
  held_back_ = 0;
  // The library paces: what exceeds its quantum waits until the next expiry.
  if (burst_bytes_ > 0 && burst_bytes_ >= ngtcp2_conn_get_send_quantum(conn_)) {
    end_burst();
    return std::nullopt;
  }
  std::array<std::byte, kMaxUdpPayloadIpv4> packet;
  ngtcp2_path_storage path;
  ngtcp2_path_storage_zero(&path);
  const ngtcp2_ssize count = write_packet(packet, path);
  if (count < 0) {
    on_error(static_cast<int>(count));
    return state_ == State::closing ? transmit_close() : std::nullopt;
  }
  if (count == 0) {
    if (burst_bytes_ > 0) end_burst();
    return std::nullopt;
  }
  burst_bytes_ += static_cast<std::size_t>(count);
  written_at_ = now_;
  return Transmit{.remote = from_addr(path.path.remote),
                  .local = from_addr(path.path.local),
                  .bytes = {packet.begin(), packet.begin() + count}};
}

std::optional<Transmit> Connection::transmit_close() {
  if (!close_due_) return std::nullopt;
  close_due_ = false;
  if (over_at_ <= now_) end();
  return Transmit{.remote = close_remote_, .local = close_local_, .bytes = close_packet_};
}

// The size of the packet written; 0: nothing to say or no room in the congestion window; negative:
// an error.
ngtcp2_ssize Connection::write_packet(MutableBytes into, ngtcp2_path_storage& path) {
  if (const auto count = write_datagram_packet(into, path)) return *count;
  if (const auto count = write_stream_packet(into, path)) return *count;
  ngtcp2_pkt_info info{};
  return ngtcp2_conn_write_pkt(conn_, &path.path, &info, raw(into), into.size(), timestamp());
}

// nullopt: no datagram is waiting.
std::optional<ngtcp2_ssize> Connection::write_datagram_packet(MutableBytes into,
                                                              ngtcp2_path_storage& path) {
  while (connected_ && !datagrams_out_.empty()) {
    OutgoingDatagram& front = datagrams_out_.front();
    int accepted = 0;
    ngtcp2_ssize count = 0;
    // The path may have shrunk meanwhile.
    const bool fits = front.bytes.size() <= max_datagram_bytes();
    if (fits) {
      ngtcp2_pkt_info info{};
      const ngtcp2_vec vector{raw(MutableBytes(front.bytes)), front.bytes.size()};
      count = ngtcp2_conn_writev_datagram(conn_, &path.path, &info, raw(into), into.size(),
                                          &accepted, NGTCP2_WRITE_DATAGRAM_FLAG_NONE, front.number,
                                          &vector, 1, timestamp());
    }
    if (!fits || count == NGTCP2_ERR_INVALID_ARGUMENT) {
      drop_oldest_datagram();
      continue;
    }
    if (accepted != 0) {
      datagrams_out_bytes_ -= front.bytes.size();
      datagrams_out_.pop_front();
    }
    return count;
  }
  return std::nullopt;
}

// nullopt: no stream bytes may go.
std::optional<ngtcp2_ssize> Connection::write_stream_packet(MutableBytes into,
                                                            ngtcp2_path_storage& path) {
  if (!connected_ || stream_blocked_ || stream_dead_) return std::nullopt;
  const Bytes unsent = stream_out_.unsent();
  if (unsent.empty()) return std::nullopt;
  if (!stream_) {
    std::int64_t stream = -1;
    if (role_ != Role::client || ngtcp2_conn_open_bidi_stream(conn_, &stream, nullptr) != 0) {
      return std::nullopt;
    }
    stream_ = stream;
  }
  ngtcp2_pkt_info info{};
  ngtcp2_ssize taken = -1;
  const ngtcp2_ssize count = ngtcp2_conn_write_stream(
      conn_, &path.path, &info, raw(into), into.size(), &taken, NGTCP2_WRITE_STREAM_FLAG_NONE,
      *stream_, raw(unsent), unsent.size(), timestamp());
  if (taken > 0) stream_out_.on_sent(static_cast<std::size_t>(taken));
  stream_dead_ = count == NGTCP2_ERR_STREAM_NOT_FOUND || count == NGTCP2_ERR_STREAM_SHUT_WR;
  stream_blocked_ = count == NGTCP2_ERR_STREAM_DATA_BLOCKED;
  if (stream_dead_ || stream_blocked_) return std::nullopt;
  return count;
}

std::optional<Event> Connection::poll_event() {
  if (events_.empty()) return std::nullopt;
  Event event = std::move(events_.front());
  events_.pop_front();
  if (const auto* stream = std::get_if<StreamBytes>(&event); stream && state_ == State::running) {
    // Read by the application: the peer may send as much again.
    ngtcp2_conn_extend_max_stream_offset(conn_, *stream_, stream->bytes.size());
    ngtcp2_conn_extend_max_offset(conn_, stream->bytes.size());
  }
  if (const auto* datagram = std::get_if<DatagramArrived>(&event)) {
    unread_datagram_bytes_ -= datagram->bytes.size();
  }
  return event;
}

bool Connection::write_stream(Bytes bytes, LocalTime now) {
  advance(now);
  return connected() && stream_out_.write(bytes);
}

bool Connection::send_datagram(Bytes bytes, LocalTime now, std::uint64_t number) {
  advance(now);
  if (!connected() || bytes.size() > std::min(max_datagram_bytes(), kDatagramSendBytes)) {
    return false;
  }
  while (datagrams_out_bytes_ + bytes.size() > kDatagramSendBytes) drop_oldest_datagram();
  datagrams_out_.push_back({.number = number, .bytes = {bytes.begin(), bytes.end()}});
  datagrams_out_bytes_ += bytes.size();
  return true;
}

void Connection::drop_oldest_datagram() {
  const OutgoingDatagram& oldest = datagrams_out_.front();
  if (oldest.number != 0) events_.push_back(DatagramLost{oldest.number});
  datagrams_out_bytes_ -= oldest.bytes.size();
  datagrams_out_.pop_front();
  ++dropped_datagrams_;
}

std::size_t Connection::frame_room() const noexcept {
  const std::size_t overhead = kShortHeaderBytes + ngtcp2_conn_get_dcid(conn_)->datalen;
  return proven_udp_bytes() - overhead;
}

std::size_t Connection::proven_udp_bytes() const noexcept {
  return ngtcp2_conn_get_path_max_tx_udp_payload_size(conn_);
}

std::size_t Connection::max_datagram_bytes() const noexcept {
  if (!connected()) return 0;
  const std::uint64_t peer =
      ngtcp2_conn_get_remote_transport_params(conn_)->max_datagram_frame_size;
  const std::uint64_t frame = std::min<std::uint64_t>(peer, frame_room());
  return frame <= kDatagramFrameBytes ? 0 : static_cast<std::size_t>(frame - kDatagramFrameBytes);
}

bool Connection::export_key(std::string_view label, Bytes context,
                            MutableBytes into) const noexcept {
  return connected_ && tls_->export_key(label, context, into);
}

Endpoint Connection::remote() const noexcept {
  return from_addr(ngtcp2_conn_get_path(conn_)->remote);
}

Connection::IdChanges Connection::take_id_changes() { return std::exchange(id_changes_, {}); }

void Connection::on_connected() {
  connected_ = true;
  const Nanos peer_idle(
      static_cast<std::int64_t>(ngtcp2_conn_get_remote_transport_params(conn_)->max_idle_timeout));
  const Nanos idle = peer_idle.count() > 0 ? std::min(idle_timeout_, peer_idle) : idle_timeout_;
  ngtcp2_conn_set_keep_alive_timeout(conn_, to_duration(std::min(idle / 2, kMaxKeepAlive)));
  const ngtcp2_path* path = ngtcp2_conn_get_path(conn_);
  events_.push_back(Connected{.remote = from_addr(path->remote),
                              .local = from_addr(path->local),
                              .protocol = tls_->protocol(),
                              .peer = tls_->peer()});
}

void Connection::on_stream_bytes(std::int64_t stream, Bytes bytes, bool finished) {
  if (stream_ != stream) return;
  held_back_ = 0;
  if (!bytes.empty()) events_.push_back(StreamBytes{{bytes.begin(), bytes.end()}});
  if (finished && !stream_reported_ended_) {
    stream_reported_ended_ = true;
    events_.push_back(StreamEnded{});
  }
}

}  // namespace pf::quic
