// One pairing, phases 1 to 4: proof that the person at the host typed the PIN which the client
// shows, and that both ends hold the keys of their certificates (docs/protocol/gamestream.md
// section 4). Each phase is taken once, in order; whatever fails ends the ceremony, so a client has
// one guess. Pure: secrets are drawn from the generator that is passed in.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/rng.h"
#include "core/base/secret.h"
#include "core/crypto/rsa.h"
#include "core/crypto/sha256.h"
#include "host/gamestream/protocol/query.h"

namespace pf::gamestream {

// Who the host is to GameStream clients. They pin it byte for byte.
struct HostCertificate {
  crypto::Identity identity;
  std::vector<std::byte> signature;  // certificate_signature() of it
};

class PairingCeremony {
 public:
  // Phase 1 as far as it goes without the PIN. `malformed`: salt or certificate are not.
  static Result<PairingCeremony> begin(const Query& query, Rng& rng);

  // The PIN was typed; the answer to phase 1.
  std::string enter_pin(std::string_view pin, const HostCertificate& host);

  // Phases 2 to 4; the answer, whatever it says.
  std::string handle(const Query& query, const HostCertificate& host);

  bool over() const noexcept { return step_ == Step::over; }
  // After phase 4: whether it went well, and this client is known from now on. Empty before, and
  // when the ceremony ended otherwise.
  std::optional<bool> proved() const noexcept { return proved_; }
  const std::vector<std::byte>& client_certificate_der() const noexcept { return client_der_; }

 private:
  enum class Step { pin, challenge, response, secret, over };
  using Block = std::array<std::byte, 16>;

  PairingCeremony() = default;
  std::string refuse(std::string_view why);
  std::string on_challenge(const std::vector<std::byte>& sealed, const HostCertificate& host);
  std::string on_response(const std::vector<std::byte>& sealed, const HostCertificate& host);
  std::string on_secret(const std::vector<std::byte>& signed_secret);
  bool is_proof(const std::vector<std::byte>& signed_secret) const;

  Step step_ = Step::pin;
  std::optional<bool> proved_;
  Block salt_{};
  std::vector<std::byte> client_der_;
  std::vector<std::byte> client_signature_;
  Secret<16> key_;  // from salt and PIN
  Secret<16> server_secret_;
  Block server_challenge_{};
  crypto::Sha256 client_hash_{};
};

// Of any answer about pairing: `paired` is 0.
std::string pairing_refusal(int status_code, std::string_view why);

}  // namespace pf::gamestream
