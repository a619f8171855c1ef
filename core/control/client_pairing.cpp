#include "core/control/client_pairing.h"

#include <utility>

#include "core/message/text.h"

namespace pf::control {

using crypto::PairingSide;
using message::CloseCode;

namespace {

constexpr const char* kWrongPin =
    "The PIN is not the one that the host shows, or somebody stands between you and the host. "
    "This PIN is used up: start pairing on the host again and type the new one.";

}  // namespace

ClientPairing::ClientPairing(const ClientPairingParams& params, Rng& rng, LocalTime now)
    : client_(params.client),
      host_(params.host),
      exchange_(PairingSide::client, params.pin.reveal(), client_, host_, rng),
      deadline_(now + kAnswerTimeout) {
  outputs_.push_back(SendControl{message::PairRequest{
      .device_name =
          std::string(message::cut_utf8(params.device_name, message::kMaxDeviceNameBytes)),
      .spake = {exchange_.message().begin(), exchange_.message().end()}}});
}

void ClientPairing::handle(Input input, LocalTime now) {
  if (phase_ == Phase::over) return;
  std::visit([&](auto& item) { on(std::move(item), now); }, input);
}

std::optional<ClientPairing::Output> ClientPairing::poll() {
  if (outputs_.empty()) return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

void ClientPairing::handle_timeout(LocalTime now) {
  if (!deadline_ || *deadline_ > now) return;
  if (phase_ == Phase::losing) {
    give_up(PairingEnd::lost, "The host broke off the pairing without a reason: try again.");
  } else {
    give_up(PairingEnd::failed,
            "The host accepted the connection but did not answer in time: try again.");
  }
}

void ClientPairing::on(const message::ControlMessage& message, LocalTime now) {
  if (const auto* challenge = std::get_if<message::PairChallenge>(&message)) {
    if (phase_ == Phase::awaiting_challenge) on_challenge(*challenge, now);
  } else if (const auto* result = std::get_if<message::PairResult>(&message)) {
    if (phase_ == Phase::awaiting_result) on_result(*result);
  }
}

void ClientPairing::on_challenge(const message::PairChallenge& challenge, LocalTime now) {
  const auto key = exchange_.finish(challenge.spake);
  if (!key) {
    return give_up(PairingEnd::failed,
                   "The host's answer is not valid: update the host or this client.");
  }
  if (!crypto::same(challenge.confirmation,
                    crypto::confirmation(PairingSide::host, *key, client_, host_))) {
    return give_up(PairingEnd::wrong_pin, kWrongPin);
  }
  outputs_.push_back(SendControl{
      message::PairProof{crypto::confirmation(PairingSide::client, *key, client_, host_)}});
  phase_ = Phase::awaiting_result;
  deadline_ = now + kAnswerTimeout;
}

void ClientPairing::on_result(const message::PairResult& result) {
  if (!result.paired) return give_up(PairingEnd::wrong_pin, kWrongPin);
  outputs_.push_back(Close{CloseCode::done, "pairing done"});
  finish(PairingEnd::paired, "Paired.", std::nullopt);
}

void ClientPairing::on(BrokenHandshake, LocalTime) {
  give_up(PairingEnd::failed, "The host's answer cannot be read: update the host or this client.");
}

void ClientPairing::on(StreamClosed, LocalTime now) {
  if (phase_ == Phase::losing) return;
  phase_ = Phase::losing;
  deadline_ = now + kCloseGrace;
}

void ClientPairing::on(PeerClosed&& closed, LocalTime) {
  if (!closed.code) {
    return finish(PairingEnd::lost, "The connection was lost: try again.", std::nullopt);
  }
  if (*closed.code == CloseCode::done) {
    return finish(PairingEnd::lost, "The host broke off the pairing without a reason: try again.",
                  closed.code);
  }
  const auto kind = message::kind_of(*closed.code);
  const bool no = kind == message::CloseKind::rejected || kind == message::CloseKind::busy;
  finish(no ? PairingEnd::rejected : PairingEnd::failed,
         message::sentence(*closed.code, closed.reason), closed.code);
}

void ClientPairing::give_up(PairingEnd end, std::string sentence) {
  outputs_.push_back(Close{CloseCode::internal_error, "pairing failed"});
  finish(end, std::move(sentence), std::nullopt);
}

void ClientPairing::finish(PairingEnd end, std::string sentence, std::optional<CloseCode> code) {
  phase_ = Phase::over;
  deadline_.reset();
  outputs_.push_back(ClientPairingOver{end, std::move(sentence), code});
}

}  // namespace pf::control
