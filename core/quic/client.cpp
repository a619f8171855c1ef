#include "core/quic/client.h"

#include "core/quic/connection.h"

namespace pf::quic {

QuicClient::QuicClient(std::unique_ptr<Connection> connection) noexcept
    : connection_(std::move(connection)) {}
QuicClient::QuicClient(QuicClient&&) noexcept = default;
QuicClient& QuicClient::operator=(QuicClient&&) noexcept = default;
QuicClient::~QuicClient() = default;

Result<QuicClient> QuicClient::dial(const Params& params, const TlsIdentity& identity, Rng& rng,
                                    LocalTime now) {
  PF_TRY(auto connection, Connection::dial(params.transport, identity, params.pin, params.remote,
                                           params.local, rng, now));
  return QuicClient(std::move(connection));
}

void QuicClient::handle(Input datagram, LocalTime now) { connection_->receive(datagram, now); }

void QuicClient::handle_timeout(LocalTime now) { connection_->handle_timeout(now); }

std::optional<LocalTime> QuicClient::next_timeout() const { return connection_->next_timeout(); }

std::optional<QuicClient::Output> QuicClient::poll() {
  if (auto event = connection_->poll_event()) return Output(std::move(*event));
  if (auto transmit = connection_->poll_transmit()) return Output(std::move(*transmit));
  // Writing a packet can end the connection.
  if (auto event = connection_->poll_event()) return Output(std::move(*event));
  return std::nullopt;
}

bool QuicClient::write_stream(Bytes bytes, LocalTime now) {
  return connection_->write_stream(bytes, now);
}
bool QuicClient::send_datagram(Bytes bytes, LocalTime now, std::uint64_t number) {
  return connection_->send_datagram(bytes, now, number);
}
void QuicClient::close(std::uint64_t code, std::string_view reason, LocalTime now) {
  connection_->close(code, reason, now);
}
bool QuicClient::datagrams_wait() const noexcept { return connection_->datagrams_wait(); }
bool QuicClient::connected() const noexcept { return connection_->connected(); }
std::size_t QuicClient::max_datagram_bytes() const noexcept {
  return connection_->max_datagram_bytes();
}
bool QuicClient::export_key(std::string_view label, Bytes context,
                            MutableBytes into) const noexcept {
  return connection_->export_key(label, context, into);
}

}  // namespace pf::quic
