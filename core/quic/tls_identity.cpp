#include "core/quic/tls_identity.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "core/base/check.h"

namespace pf::quic {
namespace {

gnutls_datum_t datum(std::string_view text) noexcept {
  return {reinterpret_cast<unsigned char*>(const_cast<char*>(text.data())),
          static_cast<unsigned>(text.size())};
}

}  // namespace

void TlsIdentity::Free::operator()(gnutls_certificate_credentials_st* credentials) const noexcept {
  gnutls_certificate_free_credentials(credentials);
}

TlsIdentity::TlsIdentity() {
  gnutls_certificate_credentials_t credentials = nullptr;
  PF_CHECK(gnutls_certificate_allocate_credentials(&credentials) == GNUTLS_E_SUCCESS);
  credentials_.reset(credentials);
}

TlsIdentity TlsIdentity::anonymous() { return {}; }

Result<TlsIdentity> TlsIdentity::from_pem(std::string_view certificate,
                                          std::string_view private_key) {
  TlsIdentity identity;
  const gnutls_datum_t certificate_datum = datum(certificate);
  const gnutls_datum_t key_datum = datum(private_key);
  const int loaded = gnutls_certificate_set_x509_key_mem(identity.credentials(), &certificate_datum,
                                                         &key_datum, GNUTLS_X509_FMT_PEM);
  if (loaded < 0) {
    return fail(ErrorKind::malformed, "the certificate and its key cannot be used: {}",
                gnutls_strerror(loaded));
  }
  gnutls_datum_t der{};
  Fingerprint fingerprint;
  if (gnutls_certificate_get_crt_raw(identity.credentials(), 0, 0, &der) != GNUTLS_E_SUCCESS ||
      gnutls_hash_fast(GNUTLS_DIG_SHA256, der.data, der.size, fingerprint.data()) != 0) {
    return fail(ErrorKind::malformed, "the certificate cannot be read back");
  }
  identity.fingerprint_ = fingerprint;
  return identity;
}

}  // namespace pf::quic
