#include "host/gamestream/protocol/pairing_ceremony.h"

#include <algorithm>
#include <cstring>

#include "core/base/hex.h"
#include "core/crypto/aes128.h"
#include "host/gamestream/protocol/xml_answer.h"

namespace pf::gamestream {
namespace {

constexpr std::size_t kSecretBytes = 16;

void append(std::vector<std::byte>& to, Bytes bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

crypto::Sha256 hash_of(Bytes a, Bytes b, Bytes c) {
  std::vector<std::byte> together;
  append(together, a);
  append(together, b);
  append(together, c);
  return crypto::sha256(together);
}

// In constant time: whoever guesses a PIN learns nothing from how long we took.
bool equal(const crypto::Sha256& a, const crypto::Sha256& b) {
  std::byte difference{0};
  for (std::size_t i = 0; i < a.size(); ++i) difference |= a[i] ^ b[i];
  return difference == std::byte{0};
}

std::string success(std::string_view name, Bytes value) {
  return XmlAnswer().element("paired", 1).element(name, to_hex(value)).finish();
}

}  // namespace

std::string pairing_refusal(int status_code, std::string_view why) {
  return XmlAnswer(status_code, why).element("paired", 0).finish();
}

Result<PairingCeremony> PairingCeremony::begin(const Query& query, Rng& rng) {
  PairingCeremony ceremony;
  const auto salt = query.bytes("salt");
  if (!salt || salt->size() < ceremony.salt_.size())
    return fail(ErrorKind::malformed, "The salt needs 32 hexadecimal digits");
  std::copy_n(salt->begin(), ceremony.salt_.size(), ceremony.salt_.begin());
  const auto pem = query.bytes("clientcert");
  if (!pem) return fail(ErrorKind::malformed, "The client certificate is missing");
  PF_TRY(ceremony.client_der_, crypto::parse_rsa_certificate(as_text(*pem)));
  PF_TRY(ceremony.client_signature_, crypto::certificate_signature(ceremony.client_der_));
  rng.fill(ceremony.server_secret_.fill());
  rng.fill(ceremony.server_challenge_);
  return ceremony;
}

std::string PairingCeremony::refuse(std::string_view why) {
  step_ = Step::over;
  return pairing_refusal(400, why);
}

std::string PairingCeremony::enter_pin(std::string_view pin, const HostCertificate& host) {
  if (step_ != Step::pin) return refuse("The PIN was entered already");
  const crypto::Sha256 hash = hash_of(salt_, as_bytes(pin), {});
  std::copy_n(hash.begin(), kSecretBytes, key_.fill().begin());
  step_ = Step::challenge;
  return success("plaincert", as_bytes(host.identity.certificate_pem));
}

std::string PairingCeremony::handle(const Query& query, const HostCertificate& host) {
  if (query.has("clientchallenge")) {
    const auto sealed = query.bytes("clientchallenge");
    if (step_ != Step::challenge || !sealed || sealed->size() != kSecretBytes)
      return refuse("A client challenge of 16 bytes comes second");
    return on_challenge(*sealed, host);
  }
  if (query.has("serverchallengeresp")) {
    const auto sealed = query.bytes("serverchallengeresp");
    if (step_ != Step::response || !sealed || sealed->size() != client_hash_.size())
      return refuse("A challenge response of 32 bytes comes third");
    return on_response(*sealed, host);
  }
  if (query.has("clientpairingsecret")) {
    const auto signed_secret = query.bytes("clientpairingsecret");
    if (step_ != Step::secret || !signed_secret || signed_secret->size() <= kSecretBytes)
      return refuse("A signed secret comes fourth");
    return on_secret(*signed_secret);
  }
  step_ = Step::over;
  return pairing_refusal(404, "Invalid pairing request");
}

std::string PairingCeremony::on_challenge(const std::vector<std::byte>& sealed,
                                          const HostCertificate& host) {
  std::vector<std::byte> challenge = sealed;
  crypto::Aes128Ecb cipher(key_);
  cipher.decrypt(challenge);
  std::vector<std::byte> answer;
  append(answer, hash_of(challenge, host.signature, server_secret_.reveal()));
  append(answer, server_challenge_);
  cipher.encrypt(answer);
  step_ = Step::response;
  return success("challengeresponse", answer);
}

std::string PairingCeremony::on_response(const std::vector<std::byte>& sealed,
                                         const HostCertificate& host) {
  std::vector<std::byte> hash = sealed;
  crypto::Aes128Ecb(key_).decrypt(hash);
  std::copy(hash.begin(), hash.end(), client_hash_.begin());
  const auto signature = crypto::sign_rsa_sha256(host.identity, server_secret_.reveal());
  if (!signature) return refuse("The host cannot sign with its key");
  std::vector<std::byte> secret;
  append(secret, server_secret_.reveal());
  append(secret, *signature);
  step_ = Step::secret;
  return success("pairingsecret", secret);
}

std::string PairingCeremony::on_secret(const std::vector<std::byte>& signed_secret) {
  step_ = Step::over;
  proved_ = is_proof(signed_secret);
  return XmlAnswer().element("paired", *proved_ ? 1 : 0).finish();
}

// A wrong PIN shows only here: with another key the client's hash is another one.
bool PairingCeremony::is_proof(const std::vector<std::byte>& signed_secret) const {
  const Bytes secret = Bytes(signed_secret).first(kSecretBytes);
  const Bytes signature = Bytes(signed_secret).subspan(kSecretBytes);
  return equal(client_hash_, hash_of(server_challenge_, client_signature_, secret)) &&
         crypto::verify_rsa_sha256(client_der_, secret, signature);
}

}  // namespace pf::gamestream
