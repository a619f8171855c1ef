#include "core/crypto/rsa.h"

#include <openssl/rsa.h>

#include "core/crypto/openssl_x509.h"

namespace pf::crypto {
namespace {

constexpr std::size_t kKeyBits = 2048;
constexpr int kMinPeerKeyBits = 1024, kMaxPeerKeyBits = 8192;

using Digest = std::unique_ptr<EVP_MD_CTX, x509::FreeWith<EVP_MD_CTX_free>>;

const unsigned char* in(Bytes bytes) noexcept {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Result<x509::Certificate> decode(Bytes der) {
  const unsigned char* at = in(der);
  x509::Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (certificate == nullptr) return x509::failure(ErrorKind::malformed, "this is no certificate");
  return certificate;
}

bool is_usable_rsa(EVP_PKEY* key) {
  return key != nullptr && EVP_PKEY_base_id(key) == EVP_PKEY_RSA &&
         EVP_PKEY_bits(key) >= kMinPeerKeyBits && EVP_PKEY_bits(key) <= kMaxPeerKeyBits;
}

}  // namespace

Result<Identity> make_rsa_identity(std::string_view common_name) {
  const x509::Key key(EVP_RSA_gen(kKeyBits));
  if (key == nullptr) return x509::failure(ErrorKind::internal, "no RSA key can be made");
  return x509::self_signed(
      key.get(), {.common_name = std::string(common_name), .dns_names = {}, .ip_addresses = {}});
}

Result<std::vector<std::byte>> parse_rsa_certificate(std::string_view pem) {
  PF_TRY(const x509::Certificate certificate, x509::parse_certificate(pem));
  if (!is_usable_rsa(X509_get0_pubkey(certificate.get()))) {
    return fail(ErrorKind::malformed, "the certificate's key is not an RSA key of {} to {} bits",
                kMinPeerKeyBits, kMaxPeerKeyBits);
  }
  std::vector<std::byte> der(static_cast<std::size_t>(i2d_X509(certificate.get(), nullptr)));
  auto* into = reinterpret_cast<unsigned char*>(der.data());
  i2d_X509(certificate.get(), &into);
  return der;
}

Result<std::vector<std::byte>> certificate_signature(Bytes certificate_der) {
  PF_TRY(const x509::Certificate certificate, decode(certificate_der));
  const ASN1_BIT_STRING* signature = nullptr;
  X509_get0_signature(&signature, nullptr, certificate.get());
  if (signature == nullptr) return fail(ErrorKind::malformed, "the certificate is not signed");
  const auto* const bytes = reinterpret_cast<const std::byte*>(ASN1_STRING_get0_data(signature));
  return std::vector<std::byte>(bytes, bytes + ASN1_STRING_length(signature));
}

Result<std::vector<std::byte>> sign_rsa_sha256(const Identity& identity, Bytes message) {
  PF_TRY(const x509::Key key, x509::parse_key(identity.key_pem.reveal()));
  const Digest digest(EVP_MD_CTX_new());
  std::vector<std::byte> signature(static_cast<std::size_t>(EVP_PKEY_size(key.get())));
  std::size_t bytes = signature.size();
  if (EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(signature.data()), &bytes,
                     in(message), message.size()) != 1) {
    return x509::failure(ErrorKind::internal, "nothing can be signed with this key");
  }
  signature.resize(bytes);
  return signature;
}

bool verify_rsa_sha256(Bytes certificate_der, Bytes message, Bytes signature) {
  const auto certificate = decode(certificate_der);
  if (!certificate) return false;
  EVP_PKEY* const key = X509_get0_pubkey(certificate->get());
  const Digest digest(EVP_MD_CTX_new());
  const bool good = is_usable_rsa(key) &&
                    EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
                    EVP_DigestVerify(digest.get(), in(signature), signature.size(), in(message),
                                     message.size()) == 1;
  if (!good) x509::failure(ErrorKind::malformed, "");  // empties OpenSSL's queue
  return good;
}

}  // namespace pf::crypto
