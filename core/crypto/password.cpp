#include "core/crypto/password.h"

#include <sodium.h>

namespace pf::crypto {

Result<std::string> hash_password(std::string_view password) {
  char hash[crypto_pwhash_STRBYTES] = {};
  if (password.size() > kMaxPasswordBytes)
    return fail(ErrorKind::malformed, "a password has at most {} bytes", kMaxPasswordBytes);
  if (sodium_init() < 0 ||
      crypto_pwhash_str_alg(hash, password.data(), password.size(), kPasswordPasses,
                            kPasswordMemoryBytes, crypto_pwhash_ALG_ARGON2ID13) != 0)
    return fail(ErrorKind::exhausted, "no memory to hash a password with");
  return std::string(hash);
}

bool verify_password(const std::string& hash, std::string_view password) noexcept {
  // libsodium reads all of the field, whatever its text's length.
  char field[crypto_pwhash_STRBYTES] = {};
  if (hash.size() >= sizeof field || password.size() > kMaxPasswordBytes || sodium_init() < 0)
    return false;
  hash.copy(field, hash.size());
  return crypto_pwhash_str_verify(field, password.data(), password.size()) == 0;
}

}  // namespace pf::crypto
