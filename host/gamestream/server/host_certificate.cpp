#include "host/gamestream/server/host_certificate.h"

#include "core/crypto/rsa.h"
#include "core/identity/identity_file.h"

namespace pf::gamestream {
namespace {

constexpr std::string_view kLoss = "pair all Moonlight clients anew";

// The file may hold another kind of identity, such as a copy of the native one.
bool can_sign(const crypto::Identity& identity) {
  const Bytes sample = as_bytes(std::string_view("sample"));
  const auto signature = crypto::sign_rsa_sha256(identity, sample);
  return signature && crypto::verify_rsa_sha256(identity.certificate_der, sample, *signature);
}

}  // namespace

Result<HostCertificate> load_or_make_certificate(const std::string& folder) {
  const std::string path = folder + "/gamestream-identity.pem";
  HostCertificate host;
  PF_TRY(host.identity, identity::load_or_make(
                            path, [] { return crypto::make_rsa_identity("punktfunk"); }, kLoss));
  if (!can_sign(host.identity)) {
    return fail(ErrorKind::refused,
                "{}: this is no RSA identity, which GameStream needs; restore it from a backup, or "
                "remove it and {}",
                path, kLoss);
  }
  PF_TRY(host.signature, crypto::certificate_signature(host.identity.certificate_der));
  return host;
}

}  // namespace pf::gamestream
