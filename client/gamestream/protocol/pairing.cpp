#include "client/gamestream/protocol/pairing.h"

#include <algorithm>

#include "core/base/hex.h"
#include "core/crypto/aes128.h"
#include "core/crypto/rsa.h"
#include "core/crypto/sha256.h"

namespace pf::gamestream_client {
namespace {

constexpr std::size_t kSecretBytes = 16, kHashBytes = 32;

template <class... Parts>
std::vector<std::byte> join(const Parts&... parts) {
  std::vector<std::byte> whole;
  (whole.insert(whole.end(), std::begin(parts), std::end(parts)), ...);
  return whole;
}

Failure wrong(const char* why) { return fail(ErrorKind::malformed, "pairing broke off: {}", why); }

Result<std::vector<std::byte>> hex_of(const XmlElement& root, const char* name) {
  const XmlElement* const element = root.child(name);
  if (element == nullptr || element->text.empty())
    return fail(ErrorKind::malformed, "pairing broke off: the answer has no <{}>", name);
  auto bytes = from_hex(element->text);
  if (!bytes) return fail(ErrorKind::malformed, "pairing broke off: <{}> is no hex", name);
  return *std::move(bytes);
}

}  // namespace

PairingClient::PairingClient(crypto::Identity identity, std::string pin, Rng& rng)
    : identity_(std::move(identity)) {
  rng.fill(salt_);
  rng.fill(challenge_);
  rng.fill(secret_);
  const auto digest = crypto::sha256(join(salt_, as_bytes(pin)));
  std::copy_n(digest.begin(), key_.fill().size(), key_.fill().begin());
}

std::optional<PairingClient::Question> PairingClient::question() const {
  switch (phase_) {
    case Phase::certificate:
      return Question{"phrase=getservercert&salt=" + to_hex(salt_) +
                          "&clientcert=" + to_hex(as_bytes(identity_.certificate_pem)),
                      false, true};
    case Phase::challenge: {
      auto encrypted = challenge_;
      crypto::Aes128Ecb(key_).encrypt(encrypted);
      return Question{"clientchallenge=" + to_hex(encrypted)};
    }
    case Phase::proof:
      return Question{"serverchallengeresp=" + to_hex(challenge_answer_)};
    case Phase::secret:
      return Question{"clientpairingsecret=" + to_hex(pairing_secret_)};
    case Phase::tls:
      return Question{"phrase=pairchallenge", true};
    case Phase::done:
      return std::nullopt;
  }
  return std::nullopt;
}

Result<void> PairingClient::answer(const XmlElement& root) {
  const XmlElement* const paired = root.child("paired");
  if (paired == nullptr) return wrong("the answer does not say whether we are paired");
  if (paired->text != "1") {
    if (phase_ == Phase::secret)
      return fail(ErrorKind::refused, "the host was given another PIN: pair again");
    return fail(ErrorKind::refused, "the host does not want to pair");
  }
  switch (phase_) {
    case Phase::certificate:
      return take_certificate(root);
    case Phase::challenge:
      return take_challenge(root);
    case Phase::proof:
      return take_proof(root);
    case Phase::secret:
      return take_verdict(root);
    case Phase::tls:
    case Phase::done:
      phase_ = Phase::done;
      return {};
  }
  return {};
}

Result<void> PairingClient::take_certificate(const XmlElement& root) {
  const XmlElement* const element = root.child("plaincert");
  if (element == nullptr || element->text.empty())
    return fail(ErrorKind::refused, "the host is pairing with somebody else: try again later");
  PF_TRY(const auto pem, hex_of(root, "plaincert"));
  host_certificate_pem_ = std::string(as_text(pem));
  PF_TRY(host_certificate_der_, crypto::parse_rsa_certificate(host_certificate_pem_));
  phase_ = Phase::challenge;
  return {};
}

Result<void> PairingClient::take_challenge(const XmlElement& root) {
  PF_TRY(auto response, hex_of(root, "challengeresponse"));
  if (response.size() != kHashBytes + kSecretBytes) return wrong("the challenge is not 48 bytes");
  crypto::Aes128Ecb(key_).decrypt(response);
  const Bytes host_challenge = Bytes(response).subspan(kHashBytes);
  host_hash_.assign(response.begin(), response.begin() + kHashBytes);
  PF_TRY(const auto own_signature, crypto::certificate_signature(identity_.certificate_der));
  const auto digest = crypto::sha256(join(host_challenge, own_signature, secret_));
  challenge_answer_.assign(digest.begin(), digest.end());
  crypto::Aes128Ecb(key_).encrypt(challenge_answer_);
  phase_ = Phase::proof;
  return {};
}

Result<void> PairingClient::take_proof(const XmlElement& root) {
  PF_TRY(const auto proof, hex_of(root, "pairingsecret"));
  if (proof.size() <= kSecretBytes) return wrong("the host's secret is too short");
  const Bytes host_secret = Bytes(proof).first(kSecretBytes);
  if (!crypto::verify_rsa_sha256(host_certificate_der_, host_secret,
                                 Bytes(proof).subspan(kSecretBytes)))
    return wrong("whoever answers does not hold the key of the host's certificate");
  PF_TRY(const auto host_signature, crypto::certificate_signature(host_certificate_der_));
  const auto expected = crypto::sha256(join(challenge_, host_signature, host_secret));
  // A stock client may stop here with "wrong PIN" or let the host say so. We let it: then its
  // verdict is tested.
  host_knows_pin_ = std::equal(expected.begin(), expected.end(), host_hash_.begin());
  PF_TRY(const auto signature, crypto::sign_rsa_sha256(identity_, secret_));
  pairing_secret_ = join(secret_, signature);
  phase_ = Phase::secret;
  return {};
}

Result<void> PairingClient::take_verdict(const XmlElement&) {
  if (!host_knows_pin_) return wrong("the host agrees although it does not know the PIN");
  phase_ = Phase::tls;
  return {};
}

}  // namespace pf::gamestream_client
