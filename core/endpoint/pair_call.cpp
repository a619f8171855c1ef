#include "core/endpoint/pair_call.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/net/udp_port.h"
#include "core/quic/client.h"
#include "core/runtime/doorbell.h"
#include "core/wire/v1/control_stream.h"

namespace pf::endpoint {
namespace {

constexpr Nanos kPatience = milliseconds(100);
constexpr Nanos kHandshakePatience = seconds(3);

class PairCall {
 public:
  using Verdict = tl::expected<crypto::Fingerprint, PairFailure>;

  PairCall(const PairRequest& request, std::unique_ptr<net::UdpPort> port, quic::QuicClient quic,
           Rng& rng)
      : request_(request), port_(std::move(port)), quic_(std::move(quic)), rng_(rng) {}

  Verdict run(const Clock& clock) {
    std::array<net::Datagram, 16> datagrams;
    Doorbell nobody;
    const LocalTime deadline = clock.now() + request_.patience;
    while (!verdict_) {
      turn(clock.now());
      if (verdict_) break;
      if (clock.now() >= deadline) {
        quic_.close(static_cast<std::uint64_t>(message::CloseCode::done), "", clock.now());
        fail(control::PairingEnd::lost, "The host did not answer in time.");
        break;
      }
      const std::size_t count = port_->receive(datagrams, nobody, patience(clock.now()));
      for (std::size_t i = 0; i < count; ++i) {
        quic_.handle(
            {.remote = datagrams[i].source, .local = port_->local(), .bytes = datagrams[i].bytes},
            datagrams[i].received_at);
      }
    }
    turn_quic(clock.now());  // the goodbye
    return *std::move(verdict_);
  }

 private:
  Nanos patience(LocalTime now) const {
    Nanos wait = kPatience;
    if (const auto due = quic_.next_timeout()) wait = std::min(wait, *due - now);
    if (pairing_) {
      if (const auto due = pairing_->next_timeout()) wait = std::min(wait, *due - now);
    }
    return std::max(wait, Nanos(0));
  }

  void turn(LocalTime now) {
    turn_quic(now);
    if (!pairing_) return;
    pf::turn(*pairing_, now, [&](control::ClientPairing::Output output) {
      std::visit([&](auto& what) { apply(what, now); }, output);
    });
    turn_quic(now);
  }

  void turn_quic(LocalTime now) {
    pf::turn(quic_, now, [&](quic::QuicClient::Output output) {
      if (auto* transmit = std::get_if<quic::Transmit>(&output)) {
        port_->send({.base = transmit->bytes.data(),
                     .count = 1,
                     .stride = static_cast<std::uint16_t>(transmit->bytes.size())},
                    transmit->remote);
      } else {
        on_event(std::get<quic::Event>(output), now);
      }
    });
  }

  void on_event(const quic::Event& event, LocalTime now) {
    if (const auto* connected = std::get_if<quic::Connected>(&event)) {
      host_ = connected->peer.value_or(crypto::Fingerprint{});
      pairing_.emplace(control::ClientPairingParams{.pin = request_.pin,
                                                    .device_name = request_.device_name,
                                                    .client = crypto::fingerprint(
                                                        request_.identity.certificate_der),
                                                    .host = host_},
                       rng_, now);
    } else if (const auto* bytes = std::get_if<quic::StreamBytes>(&event)) {
      stream_.read(bytes->bytes, [&](wire::v1::ControlStream::Event read) {
        if (auto* message = std::get_if<message::ControlMessage>(&read)) {
          tell(std::move(*message), now);
        } else {
          tell(control::BrokenHandshake{}, now);
        }
      });
    } else if (std::holds_alternative<quic::StreamEnded>(event)) {
      tell(control::StreamClosed{}, now);
    } else if (const auto* closed = std::get_if<quic::Closed>(&event)) {
      on_closed(*closed, now);
    }
  }

  void on_closed(const quic::Closed& closed, LocalTime now) {
    if (!pairing_) {
      fail(closed.cause == quic::CloseCause::no_answer ? control::PairingEnd::lost
                                                       : control::PairingEnd::failed,
           quic::sentence(closed));
      return;
    }
    control::PeerClosed gone{.code = std::nullopt, .reason = closed.reason};
    if (closed.cause == quic::CloseCause::peer)
      gone.code = static_cast<message::CloseCode>(closed.code);
    tell(std::move(gone), now);
  }

  void tell(control::ClientPairing::Input input, LocalTime now) {
    if (pairing_) pairing_->handle(std::move(input), now);
  }

  void apply(control::SendControl& send, LocalTime now) {
    // Of a connection that is over the pairing already knows why, and says so next.
    if (!quic_.write_stream(wire::v1::ControlStream::write(send.message), now) &&
        quic_.connected()) {
      fail(control::PairingEnd::failed, "The host does not read what this client says.");
    }
  }
  void apply(control::Close& close, LocalTime now) {
    quic_.close(static_cast<std::uint64_t>(close.code), close.text, now);
  }
  void apply(control::ClientPairingOver& over, LocalTime) {
    if (over.end == control::PairingEnd::paired) {
      verdict_ = Verdict(host_);
    } else {
      fail(over.end, std::move(over.sentence), over.code);
    }
  }

  void fail(control::PairingEnd end, std::string sentence,
            std::optional<message::CloseCode> code = std::nullopt) {
    verdict_ = Verdict(tl::unexpect,
                       PairFailure{.end = end, .code = code, .sentence = std::move(sentence)});
  }

  const PairRequest& request_;
  const std::unique_ptr<net::UdpPort> port_;
  quic::QuicClient quic_;
  Rng& rng_;
  std::optional<control::ClientPairing> pairing_;
  wire::v1::ControlStream stream_{wire::v1::ControlStream::End::client};
  crypto::Fingerprint host_{};
  std::optional<Verdict> verdict_;
};

}  // namespace

tl::expected<crypto::Fingerprint, PairFailure> pair_with_host(const PairRequest& request,
                                                              const Clock& clock, Rng& rng) {
  const auto failed = [](Error error) {
    return tl::unexpected(
        PairFailure{.end = control::PairingEnd::failed, .sentence = std::move(error.what)});
  };
  const Endpoint any = request.host.is_ipv6() ? Endpoint::ipv6({}, 0) : Endpoint::any(0);
  auto port = net::UdpPort::open(any, clock, {.whole_packets = true});
  if (!port) return failed(port.error());
  const auto identity = quic::TlsIdentity::from_pem(request.identity.certificate_pem,
                                                    request.identity.key_pem.reveal());
  if (!identity) return failed(identity.error());
  auto quic = quic::QuicClient::dial(
      {.transport = {.handshake_timeout = std::min(kHandshakePatience, request.patience)},
       .remote = request.host,
       .local = (*port)->local(),
       .pin = std::nullopt},
      *identity, rng, clock.now());
  if (!quic) return failed(quic.error());
  return PairCall(request, *std::move(port), *std::move(quic), rng).run(clock);
}

}  // namespace pf::endpoint
