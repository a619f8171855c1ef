// How a connection ends, from either end.
#include <algorithm>
#include <array>

#include "core/quic/connection.h"

namespace pf::quic {
namespace {

constexpr std::size_t kMaxCloseReasonBytes = 256;

constexpr std::uint64_t kCryptoErrorBase = 0x100;  // RFC 9001 section 4.8
constexpr std::uint64_t kCryptoErrorEnd = 0x200;
constexpr std::uint64_t kAlertNoApplicationProtocol = 120;

CloseCause cause_of_transport_error(std::uint64_t code) noexcept {
  if (code == NGTCP2_CONNECTION_REFUSED) return CloseCause::refused;
  if (code == kCryptoErrorBase + kAlertNoApplicationProtocol) return CloseCause::no_common_protocol;
  const bool crypto = code >= kCryptoErrorBase && code < kCryptoErrorEnd;
  return crypto ? CloseCause::handshake_failed : CloseCause::protocol_error;
}

}  // namespace

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

std::optional<Transmit> Connection::transmit_close() {
  if (!close_due_) return std::nullopt;
  close_due_ = false;
  if (over_at_ <= now_) end();
  return Transmit{.remote = close_remote_, .local = close_local_, .bytes = close_packet_};
}

}  // namespace pf::quic
