#include "core/quic/connection.h"

#include <array>
#include <bit>
#include <utility>

namespace pf::quic {
namespace {

// Peers open one stream for each connection; a second one is refused by QUIC's own stream limit.
constexpr std::uint64_t kMaxPeerStreams = 1;
constexpr std::uint64_t kMaxDatagramFrameBytes = 65'535;

std::size_t max_udp_payload(const Endpoint& remote) noexcept {
  return remote.is_ipv6() ? kMaxUdpPayloadIpv6 : kMaxUdpPayloadIpv4;
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

Connection::Connection(Role role, Rng& rng, LocalTime now) noexcept
    : role_(role), rng_(rng), now_(now) {
  reference_.get_conn = [](ngtcp2_crypto_conn_ref* reference) {
    return static_cast<Connection*>(reference->user_data)->conn_;
  };
  reference_.user_data = this;
}

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
  const ngtcp2_callbacks callbacks = make_callbacks(role_);
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
  const ngtcp2_callbacks callbacks = make_callbacks(role_);
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

bool Connection::export_key(std::string_view label, Bytes context,
                            MutableBytes into) const noexcept {
  return connected_ && tls_->export_key(label, context, into);
}

Endpoint Connection::remote() const noexcept {
  return from_addr(ngtcp2_conn_get_path(conn_)->remote);
}

Connection::IdChanges Connection::take_id_changes() { return std::exchange(id_changes_, {}); }

}  // namespace pf::quic
