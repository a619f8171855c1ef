#include "core/control/host_pairing.h"

#include <utility>

#include <fmt/format.h>

#include "core/message/text.h"

namespace pf::control {

using crypto::PairingSide;
using message::CloseCode;

HostPairing::HostPairing(const HostPairingParams& params, Rng& rng, LocalTime now)
    : params_(params), rng_(rng), deadline_(now + kRequestTimeout) {}

void HostPairing::handle(Input input, LocalTime now) {
  if (phase_ == Phase::over) return;
  std::visit([&](auto& item) { on(std::move(item), now); }, input);
}

std::optional<HostPairing::Output> HostPairing::poll() {
  if (outputs_.empty()) return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

void HostPairing::handle_timeout(LocalTime now) {
  if (!deadline_ || *deadline_ > now) return;
  switch (phase_) {
    case Phase::awaiting_request:
    case Phase::awaiting_pin:
      return break_off(CloseCode::internal_error, "the client sent no pairing request in 10 s");
    case Phase::awaiting_proof:
      return break_off(CloseCode::internal_error, "the client sent no proof in 60 s");
    case Phase::answered:
      outputs_.push_back(Close{CloseCode::done, "pair done"});
      return finish(verdict_);
    case Phase::saving:
    case Phase::over:
      return;
  }
}

void HostPairing::on(message::ControlMessage&& message, LocalTime now) {
  if (auto* request = std::get_if<message::PairRequest>(&message)) {
    if (phase_ == Phase::awaiting_request) on_request(std::move(*request));
  } else if (const auto* proof = std::get_if<message::PairProof>(&message)) {
    if (phase_ == Phase::awaiting_proof) on_proof(*proof, now);
  }
  // Everything else has no place here and is ignored, as everywhere.
}

void HostPairing::on_request(message::PairRequest&& request) {
  request_ = std::move(request);
  if (!params_.client) {
    return break_off(CloseCode::no_identity, "pairing needs a client certificate");
  }
  phase_ = Phase::awaiting_pin;
  outputs_.push_back(PinWanted{});
}

void HostPairing::on(PinRefused refused, LocalTime) {
  if (phase_ == Phase::awaiting_pin) break_off(refused.code, "");
}

void HostPairing::on(PinGiven&& given, LocalTime now) {
  if (phase_ != Phase::awaiting_pin) return;
  const crypto::Spake2 exchange(PairingSide::host, given.pin.reveal(), *params_.client,
                                params_.host, rng_);
  const auto key = exchange.finish(request_.spake);
  // No guess was made, so the PIN stays armed.
  if (!key) return break_off(CloseCode::internal_error, "the pairing request is not valid");
  key_ = *key;
  outputs_.push_back(SendControl{message::PairChallenge{
      .spake = {exchange.message().begin(), exchange.message().end()},
      .confirmation =
          crypto::confirmation(PairingSide::host, key_, *params_.client, params_.host)}});
  outputs_.push_back(BurnPin{});
  phase_ = Phase::awaiting_proof;
  deadline_ = now + kProofTimeout;
}

void HostPairing::on_proof(const message::PairProof& proof, LocalTime now) {
  const auto expected =
      crypto::confirmation(PairingSide::client, key_, *params_.client, params_.host);
  if (crypto::same(proof.confirmation, expected)) {
    phase_ = Phase::saving;
    deadline_.reset();
    outputs_.push_back(DeviceProven{request_.device_name});
    return;
  }
  outputs_.push_back(ProofMissing{.name = request_.device_name, .wrong = true});
  answer(false, now);
}

void HostPairing::on(DeviceSaved&& saved, LocalTime now) {
  if (phase_ != Phase::saving) return;
  if (saved.trouble) return break_off(CloseCode::internal_error, *std::move(saved.trouble));
  answer(true, now);
}

void HostPairing::answer(bool paired, LocalTime now) {
  verdict_ = paired ? "paired" : "the PIN was wrong";
  outputs_.push_back(SendControl{message::PairResult{paired}});
  phase_ = Phase::answered;
  deadline_ = now + kCloseTimeout;
}

void HostPairing::on(BrokenHandshake, LocalTime) {
  if (phase_ != Phase::answered) {
    break_off(CloseCode::internal_error, "the client's pairing cannot be read");
  }
}

// The client's close, which carries its reason, follows; if not, the deadline ends it.
void HostPairing::on(StreamClosed, LocalTime) {}

void HostPairing::on(PeerClosed&& closed, LocalTime) {
  if (phase_ == Phase::answered) return finish(verdict_);
  if (phase_ == Phase::awaiting_proof) {
    outputs_.push_back(ProofMissing{.name = request_.device_name});
  }
  const std::string reason = message::printable(closed.reason, message::kMaxReasonBytes);
  finish(fmt::format("the client left in the middle of pairing{}{}", reason.empty() ? "" : ": ",
                     reason));
}

void HostPairing::break_off(CloseCode code, std::string text) {
  if (phase_ == Phase::awaiting_proof) {
    outputs_.push_back(ProofMissing{.name = request_.device_name});
  }
  text = message::cut_utf8(text, message::kMaxReasonBytes);
  std::string sentence =
      fmt::format("closed by the host (0x{:x}{}{})", static_cast<std::uint64_t>(code),
                  text.empty() ? "" : ": ", text);
  outputs_.push_back(Close{code, std::move(text)});
  finish(std::move(sentence));
}

void HostPairing::finish(std::string sentence) {
  phase_ = Phase::over;
  deadline_.reset();
  key_ = {};
  outputs_.push_back(HostPairingOver{std::move(sentence)});
}

}  // namespace pf::control
