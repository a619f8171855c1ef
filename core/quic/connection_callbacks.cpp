// What the library tells a connection while it reads or writes a packet.
#include <algorithm>
#include <array>

#include "core/quic/connection.h"

namespace pf::quic {
namespace {

constexpr Nanos kMaxKeepAlive = seconds(4);

}  // namespace

// The library calls these while it reads or writes a packet; none of them calls back into it.
struct Connection::Callbacks {
  static Connection& self(void* user_data) noexcept { return *static_cast<Connection*>(user_data); }

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
};

ngtcp2_callbacks Connection::make_callbacks(Role role) noexcept {
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
  callbacks.rand = Callbacks::rand;
  callbacks.get_path_challenge_data = Callbacks::path_challenge;
  callbacks.get_new_connection_id = Callbacks::new_connection_id;
  callbacks.remove_connection_id = Callbacks::remove_connection_id;
  callbacks.handshake_completed = Callbacks::handshake_completed;
  callbacks.stream_open = Callbacks::stream_open;
  callbacks.recv_stream_data = Callbacks::stream_data;
  callbacks.acked_stream_data_offset = Callbacks::stream_acknowledged;
  callbacks.stream_reset = Callbacks::stream_reset;
  callbacks.stream_close = Callbacks::stream_close;
  callbacks.recv_datagram = Callbacks::datagram;
  callbacks.ack_datagram = Callbacks::datagram_acknowledged;
  callbacks.lost_datagram = Callbacks::datagram_lost;
  return callbacks;
}

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
