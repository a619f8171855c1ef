#include "core/endpoint/reach_call.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "core/message/close_code.h"
#include "core/net/udp_port.h"
#include "core/quic/client.h"
#include "core/runtime/doorbell.h"

namespace pf::endpoint {
namespace {

constexpr Nanos kPatience = milliseconds(100);

// What the handshake came to; empty as long as it lasts.
std::optional<Result<void>> turn(quic::QuicClient& quic, net::UdpPort& port, LocalTime now) {
  std::optional<Result<void>> verdict;
  pf::turn(quic, now, [&](quic::QuicClient::Output output) {
    if (auto* transmit = std::get_if<quic::Transmit>(&output)) {
      port.send({.base = transmit->bytes.data(),
                 .count = 1,
                 .stride = static_cast<std::uint16_t>(transmit->bytes.size())},
                transmit->remote);
      return;
    }
    const auto& event = std::get<quic::Event>(output);
    if (std::holds_alternative<quic::Connected>(event)) {
      verdict = Result<void>();
    } else if (const auto* closed = std::get_if<quic::Closed>(&event)) {
      verdict = fail(ErrorKind::timed_out, "{}", quic::sentence(*closed));
    }
  });
  return verdict;
}

}  // namespace

Result<void> reach_host(const Endpoint& host, Nanos patience, const Clock& clock, Rng& rng) {
  const Endpoint any = host.is_ipv6() ? Endpoint::ipv6({}, 0) : Endpoint::any(0);
  PF_TRY(const auto port, net::UdpPort::open(any, clock, {.whole_packets = true}));
  const quic::TlsIdentity nobody = quic::TlsIdentity::anonymous();
  const LocalTime deadline = clock.now() + patience;
  PF_TRY(auto quic, quic::QuicClient::dial({.transport = {.handshake_timeout = patience},
                                            .remote = host,
                                            .local = port->local(),
                                            .pin = std::nullopt},
                                           nobody, rng, clock.now()));
  std::array<net::Datagram, 16> datagrams;
  Doorbell unused;
  while (clock.now() < deadline) {
    if (const auto verdict = turn(quic, *port, clock.now())) {
      quic.close(static_cast<std::uint64_t>(message::CloseCode::done), "", clock.now());
      (void)turn(quic, *port, clock.now());  // the goodbye
      return *verdict;
    }
    Nanos wait = std::min<Nanos>(kPatience, deadline - clock.now());
    if (const auto due = quic.next_timeout()) wait = std::min(wait, *due - clock.now());
    const std::size_t count = port->receive(datagrams, unused, std::max(wait, Nanos(0)));
    for (std::size_t i = 0; i < count; ++i) {
      quic.handle(
          {.remote = datagrams[i].source, .local = port->local(), .bytes = datagrams[i].bytes},
          datagrams[i].received_at);
    }
  }
  return fail(ErrorKind::timed_out, "nobody answers at {}", host.to_string());
}

}  // namespace pf::endpoint
