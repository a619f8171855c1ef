// What leaves a connection: stream bytes and datagrams into packets, when and how large.
#include <algorithm>
#include <array>

#include "core/quic/connection.h"

namespace pf::quic {
namespace {

// Short header, packet number and tag around a datagram's payload, and the frame's own type and
// length (RFC 9000 section 17.3, RFC 9221 section 4).
constexpr std::size_t kShortHeaderBytes = 1 + 4 + 16;
constexpr std::size_t kDatagramFrameBytes = 1 + 2;

constexpr ngtcp2_tstamp kLongAgo = 1;

}  // namespace

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

bool Connection::something_waits() const noexcept {
  return !datagrams_out_.empty() || !stream_out_.unsent().empty();
}

// All there is to say is that datagrams came, and that may wait.
bool Connection::holds_back() const noexcept {
  return connected_ && held_back_ > 0 && held_back_ < kMaxHeldBack && now_ < held_until_ &&
         !something_waits();
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

}  // namespace pf::quic
