#include "core/quic/server.h"

#include <algorithm>
#include <array>

#include "core/quic/connection.h"

namespace pf::quic {
namespace {

// RFC 9000 section 14.1: a client pads its first packets to this, so that an answer amplifies
// nothing.
constexpr std::size_t kMinInitialBytes = 1200;
// A Retry token is good for one round trip and some repetitions.
constexpr Nanos kRetryTokenLife = seconds(10);
// Answers to strangers that nobody has polled yet.
constexpr std::size_t kMaxReplies = 64;

std::string key_of(const std::uint8_t* id, std::size_t bytes) {
  return {reinterpret_cast<const char*>(id), bytes};
}
std::string key_of(const ngtcp2_cid& id) { return key_of(id.data, id.datalen); }

}  // namespace

// A first packet whose sender we do not know.
struct QuicServer::Newcomer {
  const ReceivedDatagram& datagram;
  ngtcp2_pkt_hd header;
  ngtcp2_cid original_id;  // the header's, or the one before a Retry
  bool proved_address = false;
};

QuicServer::QuicServer(const TransportConfig& config, const TlsIdentity& identity, Rng& rng,
                       LocalTime now)
    : config_(config), identity_(identity), rng_(rng), credited_at_(now) {
  rng_.fill(retry_secret_.fill());
}

QuicServer::~QuicServer() = default;

void QuicServer::handle(Input datagram, LocalTime now) {
  ngtcp2_version_cid ids{};
  // The library insists on a byte.
  const int decoded = datagram.bytes.empty() ? NGTCP2_ERR_INVALID_ARGUMENT
                                             : ngtcp2_pkt_decode_version_cid(
                                                   &ids, raw(datagram.bytes), datagram.bytes.size(),
                                                   kConnectionIdBytes);
  if (decoded == NGTCP2_ERR_VERSION_NEGOTIATION) return offer_versions(datagram);
  if (decoded != 0) {
    ++counters_.ignored;
    return;
  }
  const auto known = by_id_.find(key_of(ids.dcid, ids.dcidlen));
  if (known == by_id_.end()) return greet(datagram, now);
  Slot& slot = connections_.at(known->second);
  // Media stay where the session began (section 2), so a connection that followed its client to
  // another address would live on without a picture. This way both ends notice, and it reconnects.
  if (datagram.remote != slot.remote) {
    ++counters_.moved;
    return;
  }
  slot.connection->receive(datagram, now);
  mark_ready(known->second, slot);
}

void QuicServer::greet(const ReceivedDatagram& datagram, LocalTime now) {
  Newcomer newcomer{.datagram = datagram, .header = {}, .original_id = {}};
  const bool initial =
      datagram.bytes.size() >= kMinInitialBytes &&
      ngtcp2_accept(&newcomer.header, raw(datagram.bytes), datagram.bytes.size()) == 0;
  if (!initial) {
    ++counters_.ignored;
    return;
  }
  newcomer.original_id = newcomer.header.dcid;
  const ngtcp2_vec& token = newcomer.header.token;
  if (token.len > 0) {
    // We send no NEW_TOKEN, so a token is from a Retry or from another server's life.
    const Endpoint& remote = datagram.remote;
    newcomer.proved_address =
        ngtcp2_crypto_verify_retry_token(
            &newcomer.original_id, token.base, token.len, raw(retry_secret_.reveal()),
            retry_secret_.reveal().size(), newcomer.header.version, remote.data(),
            remote.size_bytes(), &newcomer.header.dcid,
            static_cast<ngtcp2_duration>(kRetryTokenLife.count()), to_timestamp(now)) == 0;
    if (!newcomer.proved_address) return refuse(newcomer, NGTCP2_INVALID_TOKEN);
  }
  if (connections_.size() >= kMaxConnections || handshake_count() >= kMaxHandshakes ||
      connection_count_from(datagram.remote) >= kMaxConnectionsPerAddress ||
      handshake_count_from(datagram.remote) >= kMaxHandshakesPerAddress) {
    return refuse(newcomer, NGTCP2_CONNECTION_REFUSED);
  }
  if (!newcomer.proved_address && handshake_count() >= kRetryAboveHandshakes) {
    return send_retry(newcomer, now);
  }
  admit(newcomer, now);
}

void QuicServer::admit(const Newcomer& newcomer, LocalTime now) {
  if (!take_handshake_credit(now)) return refuse(newcomer, NGTCP2_CONNECTION_REFUSED);
  const ReceivedDatagram& datagram = newcomer.datagram;
  Connection::Opening opening{.client_source_id = newcomer.header.scid,
                              .original_destination_id = newcomer.original_id,
                              .retry_source_id = std::nullopt,
                              .token = {},
                              .version = newcomer.header.version};
  if (newcomer.proved_address) {
    opening.retry_source_id = newcomer.header.dcid;
    opening.token = std::as_bytes(std::span(newcomer.header.token.base, newcomer.header.token.len));
  }
  auto connection =
      Connection::accept(config_, identity_, opening, datagram.remote, datagram.local, rng_, now);
  if (!connection) {
    ++counters_.refused;
    return;
  }
  const ConnectionHandle handle{next_handle_++};
  Slot& slot = connections_[handle];
  slot.connection = *std::move(connection);
  slot.remote = datagram.remote;
  slot.original_id = key_of(newcomer.header.dcid);
  by_id_[slot.original_id] = handle;
  slot.connection->receive(datagram, now);
  mark_ready(handle, slot);
}

void QuicServer::offer_versions(const ReceivedDatagram& datagram) {
  ngtcp2_version_cid ids{};
  ngtcp2_pkt_decode_version_cid(&ids, raw(datagram.bytes), datagram.bytes.size(),
                                kConnectionIdBytes);
  if (datagram.bytes.size() < kMinInitialBytes || replies_.size() >= kMaxReplies) {
    ++counters_.ignored;
    return;
  }
  const std::array<std::uint32_t, 1> versions{NGTCP2_PROTO_VER_V1};
  std::array<std::byte, 600> packet;  // two connection ids of at most 255 bytes
  const ngtcp2_ssize count = ngtcp2_pkt_write_version_negotiation(
      reinterpret_cast<std::uint8_t*>(packet.data()), packet.size(),
      static_cast<std::uint8_t>(rng_.next()), ids.scid, ids.scidlen, ids.dcid, ids.dcidlen,
      versions.data(), versions.size());
  if (count <= 0) return;
  replies_.push_back({datagram.remote, datagram.local, {packet.begin(), packet.begin() + count}});
}

void QuicServer::send_retry(const Newcomer& newcomer, LocalTime now) {
  if (replies_.size() >= kMaxReplies) {
    ++counters_.refused;
    return;
  }
  std::array<std::byte, kConnectionIdBytes> id_bytes;
  rng_.fill(id_bytes);
  const ngtcp2_cid retry_id = to_cid(id_bytes);
  // RFC 9000 section 17.2.5.1 demands another id than the client's, and the library asserts it.
  if (ngtcp2_cid_eq(&retry_id, &newcomer.header.dcid)) return;
  const Endpoint& remote = newcomer.datagram.remote;
  std::array<std::uint8_t, NGTCP2_CRYPTO_MAX_RETRY_TOKENLEN> token;
  const ngtcp2_ssize token_bytes = ngtcp2_crypto_generate_retry_token(
      token.data(), raw(retry_secret_.reveal()), retry_secret_.reveal().size(),
      newcomer.header.version, remote.data(), remote.size_bytes(), &retry_id, &newcomer.header.dcid,
      to_timestamp(now));
  if (token_bytes < 0) return;
  std::array<std::byte, 256> packet;
  const ngtcp2_ssize count = ngtcp2_crypto_write_retry(
      reinterpret_cast<std::uint8_t*>(packet.data()), packet.size(), newcomer.header.version,
      &newcomer.header.scid, &retry_id, &newcomer.header.dcid, token.data(),
      static_cast<std::size_t>(token_bytes));
  if (count <= 0) return;
  ++counters_.retries;
  replies_.push_back({remote, newcomer.datagram.local, {packet.begin(), packet.begin() + count}});
}

void QuicServer::refuse(const Newcomer& newcomer, std::uint64_t error) {
  ++counters_.refused;
  if (replies_.size() >= kMaxReplies) return;
  std::array<std::byte, 256> packet;
  const ngtcp2_ssize count = ngtcp2_crypto_write_connection_close(
      reinterpret_cast<std::uint8_t*>(packet.data()), packet.size(), newcomer.header.version,
      &newcomer.header.scid, &newcomer.header.dcid, error, nullptr, 0);
  if (count <= 0) return;
  replies_.push_back({newcomer.datagram.remote,
                      newcomer.datagram.local,
                      {packet.begin(), packet.begin() + count}});
}

bool QuicServer::take_handshake_credit(LocalTime now) noexcept {
  const std::chrono::duration<double> passed = now - credited_at_;
  credited_at_ = now;
  handshake_credit_ = std::min<double>(
      kMaxHandshakes, handshake_credit_ + passed.count() * kMaxHandshakesPerSecond);
  if (handshake_credit_ < 1) return false;
  handshake_credit_ -= 1;
  return true;
}

std::size_t QuicServer::handshake_count() const noexcept {
  return static_cast<std::size_t>(
      std::count_if(connections_.begin(), connections_.end(),
                    [](const auto& entry) { return entry.second.connection->handshaking(); }));
}

std::size_t QuicServer::connection_count_from(const Endpoint& remote) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(connections_.begin(), connections_.end(),
                    [&](const auto& entry) { return entry.second.remote.same_address(remote); }));
}

std::size_t QuicServer::handshake_count_from(const Endpoint& remote) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(connections_.begin(), connections_.end(), [&](const auto& entry) {
        return entry.second.connection->handshaking() && entry.second.remote.same_address(remote);
      }));
}

void QuicServer::handle_timeout(LocalTime now) {
  for (auto& [handle, slot] : connections_) {
    if (const auto due = slot.connection->next_timeout(); due && *due <= now) {
      slot.connection->handle_timeout(now);
      mark_ready(handle, slot);
    }
  }
}

std::optional<LocalTime> QuicServer::next_timeout() const {
  std::optional<LocalTime> earliest;
  for (const auto& [handle, slot] : connections_) {
    const auto due = slot.connection->next_timeout();
    if (due && (!earliest || *due < *earliest)) earliest = due;
  }
  return earliest;
}

std::optional<QuicServer::Output> QuicServer::poll() {
  if (!replies_.empty()) {
    Transmit reply = std::move(replies_.front());
    replies_.pop_front();
    return Output(std::move(reply));
  }
  while (!ready_.empty()) {
    const ConnectionHandle handle = ready_.front();
    Slot& slot = connections_.at(handle);
    if (auto output = poll_slot(handle, slot)) return output;
    ready_.pop_front();
    slot.ready = false;
    if (slot.connection->gone()) remove(handle);
  }
  return std::nullopt;
}

std::optional<QuicServer::Output> QuicServer::poll_slot(ConnectionHandle handle, Slot& slot) {
  adopt_ids(handle, slot);
  if (auto event = poll_wanted_event(slot)) return ServerEvent{handle, std::move(*event)};
  auto transmit = slot.connection->poll_transmit();
  adopt_ids(handle, slot);
  if (transmit) return std::move(*transmit);
  // Writing a packet can end the connection.
  if (auto event = poll_wanted_event(slot)) return ServerEvent{handle, std::move(*event)};
  return std::nullopt;
}

// Events of connections that never got through the handshake, or that we have closed, are nobody's.
std::optional<Event> QuicServer::poll_wanted_event(Slot& slot) {
  while (auto event = slot.connection->poll_event()) {
    if (slot.closed_by_us) continue;
    if (std::holds_alternative<Connected>(*event)) slot.reported = true;
    if (slot.reported) return event;
  }
  return std::nullopt;
}

void QuicServer::mark_ready(ConnectionHandle handle, Slot& slot) {
  if (std::exchange(slot.ready, true)) return;
  ready_.push_back(handle);
}

void QuicServer::adopt_ids(ConnectionHandle handle, Slot& slot) {
  const Connection::IdChanges changes = slot.connection->take_id_changes();
  for (const ngtcp2_cid& id : changes.issued) by_id_[key_of(id)] = handle;
  for (const ngtcp2_cid& id : changes.retired) by_id_.erase(key_of(id));
  // The made-up id is used only until the client has seen ours (RFC 9000 section 7.2).
  if (!slot.original_id.empty() && !slot.connection->handshaking()) {
    by_id_.erase(slot.original_id);
    slot.original_id.clear();
  }
}

void QuicServer::remove(ConnectionHandle handle) {
  const auto slot = connections_.find(handle);
  if (!slot->second.reported) ++counters_.failed_handshakes;
  connections_.erase(slot);
  std::erase_if(by_id_, [handle](const auto& entry) { return entry.second == handle; });
}

Connection* QuicServer::find(ConnectionHandle connection) const noexcept {
  const auto slot = connections_.find(connection);
  if (slot == connections_.end() || slot->second.closed_by_us) return nullptr;
  return slot->second.connection.get();
}

bool QuicServer::write_stream(ConnectionHandle connection, Bytes bytes, LocalTime now) {
  Connection* found = find(connection);
  if (found == nullptr || !found->write_stream(bytes, now)) return false;
  mark_ready(connection, connections_.at(connection));
  return true;
}

bool QuicServer::send_datagram(ConnectionHandle connection, Bytes bytes, LocalTime now) {
  Connection* found = find(connection);
  if (found == nullptr || !found->send_datagram(bytes, now)) return false;
  mark_ready(connection, connections_.at(connection));
  return true;
}

void QuicServer::acknowledge_now(ConnectionHandle connection) {
  Connection* found = find(connection);
  if (found == nullptr) return;
  found->acknowledge_now();
  mark_ready(connection, connections_.at(connection));
}

void QuicServer::close(ConnectionHandle connection, std::uint64_t code, std::string_view reason,
                       LocalTime now) {
  Connection* found = find(connection);
  if (found == nullptr) return;
  found->close(code, reason, now);
  Slot& slot = connections_.at(connection);
  slot.closed_by_us = true;
  mark_ready(connection, slot);
}

void QuicServer::close_all(std::uint64_t code, std::string_view reason, LocalTime now) {
  for (const auto& [handle, slot] : connections_) close(handle, code, reason, now);
}

std::size_t QuicServer::max_datagram_bytes(ConnectionHandle connection) const noexcept {
  const Connection* found = find(connection);
  return found == nullptr ? 0 : found->max_datagram_bytes();
}

std::size_t QuicServer::proven_udp_bytes(ConnectionHandle connection) const noexcept {
  const Connection* found = find(connection);
  return found == nullptr ? 0 : found->proven_udp_bytes();
}

bool QuicServer::export_key(ConnectionHandle connection, std::string_view label, Bytes context,
                            MutableBytes into) const noexcept {
  const Connection* found = find(connection);
  return found != nullptr && found->export_key(label, context, into);
}

}  // namespace pf::quic
