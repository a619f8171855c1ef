// For tests: the client's half of pairing (docs/protocol/gamestream.md section 4), as strict as it
// has to be to try the host's.
#pragma once

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/check.h"
#include "core/base/hex.h"
#include "core/crypto/aes128.h"
#include "core/crypto/rsa.h"
#include "host/gamestream/protocol/pairing_ceremony.h"

namespace pf::gamestream {

class TestingFolder {
 public:
  TestingFolder() { PF_CHECK(mkdtemp(path_) != nullptr); }
  ~TestingFolder() { std::filesystem::remove_all(path_); }
  std::string path() const { return path_; }

 private:
  char path_[32] = "/tmp/pf-nvhttp-XXXXXX";
};

inline HostCertificate testing_host_certificate() {
  static const crypto::Identity identity = *crypto::make_rsa_identity("host");
  return {identity, *crypto::certificate_signature(identity.certificate_der)};
}

// The text of the first element of this name; "none".
inline std::string element_of(const std::string& body, const std::string& name) {
  const std::size_t begin = body.find("<" + name + ">");
  if (begin == std::string::npos) return "none";
  const std::size_t from = begin + name.size() + 2;
  return body.substr(from, body.find("</" + name + ">") - from);
}

class MoonlightClient {
 public:
  explicit MoonlightClient(std::string unique_id = "0123") : unique_id_(std::move(unique_id)) {}

  const crypto::Identity& identity() const { return identity_; }
  crypto::Fingerprint fingerprint() const { return crypto::fingerprint(identity_.certificate_der); }

  // Targets of requests.
  std::string phase_1() const {
    return target("phrase=getservercert&salt=" + to_hex(salt()) +
                  "&clientcert=" + to_hex(as_bytes(identity_.certificate_pem)));
  }
  std::string phase_2(const std::string& pin) {
    std::vector<std::byte> salted = salt();
    const Bytes digits = as_bytes(pin);
    salted.insert(salted.end(), digits.begin(), digits.end());
    const crypto::Sha256 hash = crypto::sha256(salted);
    std::copy_n(hash.begin(), 16, key_.fill().begin());
    std::vector<std::byte> challenge(16, std::byte{7});
    crypto::Aes128Ecb(key_).encrypt(challenge);
    return target("clientchallenge=" + to_hex(challenge));
  }
  // `response`: as in the answer to phase 2.
  std::string phase_3(const std::string& response) const {
    std::vector<std::byte> plain = from_hex(response).value_or(std::vector<std::byte>(48));
    plain.resize(48);
    crypto::Aes128Ecb(key_).decrypt(plain);
    std::vector<std::byte> proof(plain.begin() + 32, plain.end());  // the host's challenge
    const auto signature = *crypto::certificate_signature(identity_.certificate_der);
    proof.insert(proof.end(), signature.begin(), signature.end());
    proof.insert(proof.end(), 16, std::byte{9});
    const crypto::Sha256 hash = crypto::sha256(proof);
    std::vector<std::byte> sealed(hash.begin(), hash.end());
    crypto::Aes128Ecb(key_).encrypt(sealed);
    return target("serverchallengeresp=" + to_hex(sealed));
  }
  std::string phase_4() const {
    std::vector<std::byte> secret(16, std::byte{9});
    const auto signature = *crypto::sign_rsa_sha256(identity_, secret);
    secret.insert(secret.end(), signature.begin(), signature.end());
    return target("clientpairingsecret=" + to_hex(secret));
  }

 private:
  static std::vector<std::byte> salt() { return std::vector<std::byte>(16, std::byte{5}); }
  std::string target(const std::string& rest) const {
    return "/pair?uniqueid=" + unique_id_ + "&uuid=1&devicename=roth&updateState=1&" + rest;
  }

  const std::string unique_id_;
  crypto::Identity identity_ = *crypto::make_rsa_identity("NVIDIA GameStream Client");
  Secret<16> key_;
};

}  // namespace pf::gamestream
