// A certificate and its private key as TLS uses them, shared by all connections of an end.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "core/base/result.h"
#include "core/quic/types.h"

struct gnutls_certificate_credentials_st;

namespace pf::quic {

// Outlives every client and server made with it. Immutable, so it may be used by many of them.
class TlsIdentity {
 public:
  // PEM texts. `malformed` if they cannot be read or do not belong together.
  static Result<TlsIdentity> from_pem(std::string_view certificate, std::string_view private_key);
  // A client that shows no certificate. Hosts answer it, but admit it only if they are open.
  static TlsIdentity anonymous();

  const std::optional<Fingerprint>& fingerprint() const noexcept { return fingerprint_; }
  gnutls_certificate_credentials_st* credentials() const noexcept { return credentials_.get(); }

 private:
  struct Free {
    void operator()(gnutls_certificate_credentials_st* credentials) const noexcept;
  };
  TlsIdentity();

  std::unique_ptr<gnutls_certificate_credentials_st, Free> credentials_;
  std::optional<Fingerprint> fingerprint_;
};

}  // namespace pf::quic
