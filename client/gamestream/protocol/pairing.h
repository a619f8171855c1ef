// The client's side of pairing: five questions, and what the answers must be
// (docs/protocol/gamestream.md section 4). Pure: the caller carries the questions to the host.
//
// The PIN is ours and is typed in at the host. Both ends prove that they know it and that they hold
// the keys of their certificates.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "client/gamestream/protocol/xml.h"
#include "core/base/result.h"
#include "core/base/rng.h"
#include "core/base/secret.h"
#include "core/crypto/identity.h"

namespace pf::gamestream_client {

class PairingClient {
 public:
  struct Question {
    std::string parameters;  // of /pair, without the common ones
    bool over_tls = false;   // with our certificate, pinned to the host's
    bool waits_for_pin = false;
  };

  // `pin` has four digits; `identity` is an RSA one (core/crypto/rsa.h).
  PairingClient(crypto::Identity identity, std::string pin, Rng& rng);

  // What to ask next; empty: both ends are paired.
  std::optional<Question> question() const;

  // The answer to it. `refused`: the host knows another PIN, or wants no pairing; `malformed`: it
  // did not prove what it must. Either ends the ceremony.
  Result<void> answer(const XmlElement& root);

  // From the first answer on.
  const std::string& host_certificate_pem() const noexcept { return host_certificate_pem_; }

 private:
  enum class Phase { certificate, challenge, proof, secret, tls, done };

  Result<void> take_certificate(const XmlElement& root);
  Result<void> take_challenge(const XmlElement& root);
  Result<void> take_proof(const XmlElement& root);
  Result<void> take_verdict(const XmlElement& root);

  const crypto::Identity identity_;
  Phase phase_ = Phase::certificate;
  std::array<std::byte, 16> salt_{}, challenge_{}, secret_{};
  Secret<16> key_;
  std::string host_certificate_pem_;
  std::vector<std::byte> host_certificate_der_;
  std::vector<std::byte> host_hash_;         // what the host says of our challenge
  std::vector<std::byte> challenge_answer_;  // encrypted
  std::vector<std::byte> pairing_secret_;
  bool host_knows_pin_ = false;
};

}  // namespace pf::gamestream_client
