// The client's side of one pairing: from the moment its QUIC handshake is complete to its end.
//
//   (connected) → PairRequest → PairChallenge → PairProof → PairResult → Over
//
// Pure: messages, randomness and time go in; messages and the verdict come out. The host proves
// itself first: a wrong PIN, or somebody in between, gets no proof of ours. When it ends well, the
// caller stores the fingerprint that it saw in this connection's handshake. Exactly one Over comes
// out, after it nothing. Source: docs/protocol/punktfunk1.md sections 8.2 to 8.4.
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

// Out, besides SendControl and Close.
enum class PairingEnd : std::uint8_t {
  paired,
  wrong_pin,  // or somebody stands between the two ends; the PIN is used up
  rejected,   // the host said no, or not now
  failed,     // the host could not, or talks nonsense
  lost,       // silence
};
struct ClientPairingOver {
  PairingEnd end = PairingEnd::failed;
  std::string sentence;  // for the user; says what to do unless paired
  std::optional<message::CloseCode> code;
};

struct ClientPairingParams {
  crypto::SecretText pin;
  std::string device_name;  // at most message::kMaxDeviceNameBytes are sent
  crypto::Fingerprint client{};
  crypto::Fingerprint host{};  // as seen in this connection's handshake
};

class ClientPairing {
 public:
  // A host answers as fast as it computes and saves; this is for slow ones and slow links.
  static constexpr Nanos kAnswerTimeout = seconds(15);
  static constexpr Nanos kCloseGrace = milliseconds(300);  // stream ended → its reason arrives

  using Input = std::variant<message::ControlMessage, BrokenHandshake, StreamClosed, PeerClosed>;
  using Output = std::variant<SendControl, Close, ClientPairingOver>;

  // Asks at once: make it when QUIC reports Connected. `rng` must be unpredictable outside of
  // tests; it is not used later.
  ClientPairing(const ClientPairingParams& params, Rng& rng, LocalTime now);

  void handle(Input input, LocalTime now);
  void handle_timeout(LocalTime now);
  std::optional<LocalTime> next_timeout() const { return deadline_; }
  std::optional<Output> poll();

  bool over() const noexcept { return phase_ == Phase::over; }

 private:
  enum class Phase : std::uint8_t { awaiting_challenge, awaiting_result, losing, over };

  void on(const message::ControlMessage& message, LocalTime now);
  void on(BrokenHandshake, LocalTime now);
  void on(StreamClosed, LocalTime now);
  void on(PeerClosed&& closed, LocalTime now);

  void on_challenge(const message::PairChallenge& challenge, LocalTime now);
  void on_result(const message::PairResult& result);
  void give_up(PairingEnd end, std::string sentence);
  void finish(PairingEnd end, std::string sentence, std::optional<message::CloseCode> code);

  const crypto::Fingerprint client_;
  const crypto::Fingerprint host_;
  const crypto::Spake2 exchange_;
  Phase phase_ = Phase::awaiting_challenge;
  std::optional<LocalTime> deadline_;
  std::deque<Output> outputs_;
};

static_assert(Machine<ClientPairing>);

}  // namespace pf::control
