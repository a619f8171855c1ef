#include "core/crypto/identity.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <climits>
#include <memory>

#include "core/base/hex.h"
#include "core/base/secret.h"
#include "core/crypto/openssl_x509.h"

namespace pf::crypto {
namespace {

using x509::FreeWith;
using Extension = std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>>;
using BigNumber = std::unique_ptr<BIGNUM, FreeWith<BN_free>>;

constexpr const char* kNotBefore = "20200101000000Z";
constexpr const char* kNotAfter = "20400101000000Z";
constexpr int kSerialBits = 127;                // positive and below the 20 bytes RFC 5280 allows
constexpr std::size_t kMaxPemBytes = 64 << 10;  // an identity is a few kilobytes

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long bytes = BIO_get_mem_data(bio, &data);
  return bytes > 0 ? std::string(data, static_cast<std::size_t>(bytes)) : std::string();
}

// Letters, digits, dots and hyphens only: the names are pasted into an OpenSSL configuration
// string.
bool is_host_name(std::string_view name) {
  constexpr std::size_t kMaxHostNameBytes = 253;  // RFC 1035
  return !name.empty() && name.size() <= kMaxHostNameBytes &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '-';
         });
}

std::string alternative_names(const IdentityNames& names) {
  std::string text;
  const auto append = [&](const char* kind, const std::string& name) {
    if (!text.empty()) text += ',';
    text += kind + name;
  };
  for (const std::string& name : names.dns_names) {
    if (is_host_name(name)) append("DNS:", name);
  }
  for (const std::string& address : names.ip_addresses) append("IP:", address);
  return text;
}

bool set_random_serial(X509* certificate) {
  const BigNumber serial(BN_new());
  return serial != nullptr &&
         BN_rand(serial.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_names(X509* certificate, const IdentityNames& names) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  const auto* const common_name = reinterpret_cast<const unsigned char*>(names.common_name.data());
  if (X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, common_name,
                                 static_cast<int>(names.common_name.size()), -1, 0) != 1 ||
      X509_set_issuer_name(certificate, subject) != 1) {
    return false;
  }
  const std::string text = alternative_names(names);
  if (text.empty()) return true;
  const Extension extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, text.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// Without it OpenSSL would ask on the terminal for the passphrase of an encrypted key.
int no_passphrase(char* /*into*/, int /*size*/, int /*writing*/, void* /*context*/) { return 0; }

Result<x509::Bio> text_bio(std::string_view pem) {
  if (pem.size() > kMaxPemBytes)
    return fail(ErrorKind::malformed, "a certificate or key is larger than {} bytes", kMaxPemBytes);
  return x509::Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

}  // namespace

namespace x509 {

Failure failure(ErrorKind kind, const char* what) {
  char reason[256] = "no reason given";
  if (const unsigned long code = ERR_get_error(); code != 0)
    ERR_error_string_n(code, reason, sizeof reason);
  ERR_clear_error();
  return fail(kind, "{}: {}", what, reason);
}

Result<Certificate> parse_certificate(std::string_view pem) {
  PF_TRY(const Bio text, text_bio(pem));
  Certificate certificate(PEM_read_bio_X509(text.get(), nullptr, no_passphrase, nullptr));
  if (certificate == nullptr)
    return failure(ErrorKind::malformed, "the certificate is not readable PEM");
  return certificate;
}

Result<Key> parse_key(std::string_view pem) {
  PF_TRY(const Bio text, text_bio(pem));
  Key key(PEM_read_bio_PrivateKey(text.get(), nullptr, no_passphrase, nullptr));
  if (key == nullptr) return failure(ErrorKind::malformed, "the private key is not readable PEM");
  return key;
}

Result<Identity> self_signed(EVP_PKEY* key, const IdentityNames& names) {
  const Certificate certificate(X509_new());
  const bool complete =
      certificate != nullptr && X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
      set_random_serial(certificate.get()) && set_names(certificate.get(), names) &&
      ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate.get()), kNotBefore) == 1 &&
      ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate.get()), kNotAfter) == 1 &&
      X509_set_pubkey(certificate.get(), key) == 1 &&
      X509_sign(certificate.get(), key, EVP_sha256()) > 0;
  if (!complete) return failure(ErrorKind::internal, "no certificate can be made");
  return to_identity(certificate.get(), key);
}

Result<Identity> to_identity(X509* certificate, EVP_PKEY* key) {
  Identity identity;
  const int der_bytes = i2d_X509(certificate, nullptr);
  if (der_bytes <= 0) return failure(ErrorKind::internal, "the certificate cannot be encoded");
  identity.certificate_der.resize(static_cast<std::size_t>(der_bytes));
  auto* der = reinterpret_cast<unsigned char*>(identity.certificate_der.data());
  i2d_X509(certificate, &der);

  const Bio certificate_text(BIO_new(BIO_s_mem()));
  const Bio key_text(BIO_new(BIO_s_secmem()));
  if (certificate_text == nullptr || key_text == nullptr ||
      PEM_write_bio_X509(certificate_text.get(), certificate) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(key_text.get(), key, nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    return failure(ErrorKind::internal, "the identity cannot be written as PEM");
  }
  identity.certificate_pem = text_of(certificate_text.get());
  identity.key_pem = SecretText(text_of(key_text.get()));
  return identity;
}

}  // namespace x509

SecretText::~SecretText() { wipe({reinterpret_cast<std::byte*>(text_.data()), text_.size()}); }

IdentityNames host_names(std::string_view host_name) {
  IdentityNames names{
      .common_name = "punktfunk", .dns_names = {}, .ip_addresses = {"127.0.0.1", "::1"}};
  if (!host_name.empty()) names.dns_names.emplace_back(host_name);
  names.dns_names.emplace_back("localhost");
  return names;
}

IdentityNames client_names() {
  return {.common_name = "punktfunk-client", .dns_names = {"punktfunk-client"}, .ip_addresses = {}};
}

Result<Identity> make_identity(const IdentityNames& names) {
  const x509::Key key(EVP_EC_gen("P-256"));
  if (key == nullptr) return x509::failure(ErrorKind::internal, "no key can be made");
  return x509::self_signed(key.get(), names);
}

Result<Identity> parse_identity(std::string_view certificate_pem, std::string_view key_pem) {
  PF_TRY(const x509::Certificate certificate, x509::parse_certificate(certificate_pem));
  PF_TRY(const x509::Key key, x509::parse_key(key_pem));
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    return x509::failure(ErrorKind::malformed,
                         "the private key does not belong to the certificate");
  }
  return x509::to_identity(certificate.get(), key.get());
}

Result<Validity> validity(Bytes certificate_der) {
  const auto* der = reinterpret_cast<const unsigned char*>(certificate_der.data());
  const x509::Certificate certificate(
      d2i_X509(nullptr, &der, static_cast<long>(certificate_der.size())));
  if (certificate == nullptr)
    return x509::failure(ErrorKind::malformed, "the certificate cannot be read");
  const std::unique_ptr<ASN1_TIME, x509::FreeWith<ASN1_TIME_free>> epoch(ASN1_TIME_set(nullptr, 0));
  const auto since_epoch = [&epoch](const ASN1_TIME* at) -> std::optional<WireTime> {
    int days = 0, rest_s = 0;
    if (epoch == nullptr || ASN1_TIME_diff(&days, &rest_s, epoch.get(), at) != 1)
      return std::nullopt;
    return WireTime(std::chrono::hours(24) * days + seconds(rest_s));
  };
  const auto from = since_epoch(X509_get0_notBefore(certificate.get()));
  const auto until = since_epoch(X509_get0_notAfter(certificate.get()));
  if (!from || !until) return x509::failure(ErrorKind::malformed, "the certificate has no dates");
  return Validity{*from, *until};
}

std::optional<Fingerprint> parse_fingerprint(std::string_view text) {
  const auto bytes = from_hex(text);
  Fingerprint fingerprint;
  if (!bytes || bytes->size() != fingerprint.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), fingerprint.begin());
  return fingerprint;
}

}  // namespace pf::crypto
