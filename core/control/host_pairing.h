// The host's side of one pairing: from a PairRequest in place of a Hello to the end of its
// connection.
//
//   PairRequest → PinWanted → PinGiven → PairChallenge, BurnPin → PairProof → DeviceProven →
//   DeviceSaved → PairResult → (the client closes) → Over
//
// Pure: messages, the registry's answers, randomness and time go in; messages and verdicts come
// out. Whether pairing is armed, and how often it may be tried, is for whoever answers PinWanted.
// One guess for each connection: what comes out of order or twice is ignored. Exactly one Over
// comes out, after it nothing. Control thread only.
// Source: docs/protocol/punktfunk1.md sections 8.2 to 8.4, 3.1.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>

#include "core/base/machine.h"
#include "core/base/rng.h"
#include "core/base/time.h"
#include "core/control/session_types.h"
#include "core/crypto/spake2.h"

namespace pf::control {

// In, besides ControlMessage, BrokenHandshake, StreamClosed and PeerClosed.
struct PinGiven {
  crypto::SecretText pin;
};
struct PinRefused {
  message::CloseCode code = message::CloseCode::pairing_not_armed;
};
struct DeviceSaved {
  std::optional<std::string> trouble;  // why the device could not be saved, for its user
};

// Out, besides SendControl and Close.
struct PinWanted {};   // answer with PinGiven or PinRefused
struct BurnPin {};     // the guess is being made: the PIN is good for no other
struct DeviceProven {  // the proof is right: save the device, answer with DeviceSaved
  std::string name;    // untrusted
};
struct ProofMissing {  // the guess is spent, and it was none
  std::string name;
  bool wrong = false;  // a proof came, a wrong one; else the client left or fell silent
};
struct HostPairingOver {
  std::string sentence;  // what came of it, for the log
};

struct HostPairingParams {
  std::optional<crypto::Fingerprint> client;  // of the certificate it showed; none: it showed none
  crypto::Fingerprint host{};                 // of the certificate we showed
};

class HostPairing {
 public:
  static constexpr Nanos kRequestTimeout = seconds(10);  // made → PairRequest and its PIN
  static constexpr Nanos kProofTimeout = seconds(60);
  static constexpr Nanos kCloseTimeout = seconds(5);  // PairResult → the client closes

  using Input = std::variant<message::ControlMessage, BrokenHandshake, StreamClosed, PeerClosed,
                             PinGiven, PinRefused, DeviceSaved>;
  using Output = std::variant<SendControl, Close, PinWanted, BurnPin, DeviceProven, ProofMissing,
                              HostPairingOver>;

  // `rng` must be unpredictable outside of tests; it outlives the machine.
  HostPairing(const HostPairingParams& params, Rng& rng, LocalTime now);

  void handle(Input input, LocalTime now);
  void handle_timeout(LocalTime now);
  std::optional<LocalTime> next_timeout() const { return deadline_; }
  std::optional<Output> poll();

  bool over() const noexcept { return phase_ == Phase::over; }

 private:
  enum class Phase : std::uint8_t {
    awaiting_request,
    awaiting_pin,
    awaiting_proof,
    saving,
    answered,  // the client closes, or we do
    over,
  };

  void on(message::ControlMessage&& message, LocalTime now);
  void on(BrokenHandshake, LocalTime now);
  void on(StreamClosed, LocalTime now);
  void on(PeerClosed&& closed, LocalTime now);
  void on(PinGiven&& given, LocalTime now);
  void on(PinRefused refused, LocalTime now);
  void on(DeviceSaved&& saved, LocalTime now);

  void on_request(message::PairRequest&& request);
  void on_proof(const message::PairProof& proof, LocalTime now);
  void answer(bool paired, LocalTime now);
  void break_off(message::CloseCode code, std::string text);
  void finish(std::string sentence);

  const HostPairingParams params_;
  Rng& rng_;
  Phase phase_ = Phase::awaiting_request;
  std::optional<LocalTime> deadline_;
  message::PairRequest request_;
  Secret<32> key_;  // from the challenge on
  std::string verdict_;
  std::deque<Output> outputs_;
};

static_assert(Machine<HostPairing>);

}  // namespace pf::control
