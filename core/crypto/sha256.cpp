#include "core/crypto/sha256.h"

#include <openssl/evp.h>

#include "core/base/check.h"

namespace pf::crypto {

Sha256 sha256(Bytes bytes) noexcept {
  Sha256 digest;
  const int done =
      EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()),
                 nullptr, EVP_sha256(), nullptr);
  PF_CHECK(done == 1);
  return digest;
}

}  // namespace pf::crypto
