// The GameStream hosts this client has paired with, and who it is to them: an RSA identity and each
// host's certificate by its address as it was written, in one folder.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/crypto/identity.h"

namespace pf::gamestream_probe {

class KnownHosts {
 public:
  // Makes the folder and the identity when they are missing, which takes a tenth of a second.
  static Result<KnownHosts> open(const std::string& folder);

  const crypto::Identity& identity() const noexcept { return identity_; }
  // Empty: not paired with that host.
  Result<std::string> certificate_of(const std::string& address) const;
  Result<void> remember(const std::string& address, const std::string& certificate_pem) const;

 private:
  KnownHosts(std::string folder, crypto::Identity identity)
      : folder_(std::move(folder)), identity_(std::move(identity)) {}

  std::string folder_;
  crypto::Identity identity_;
};

}  // namespace pf::gamestream_probe
