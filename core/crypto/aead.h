// One AEAD key, ready for use: the key schedule is kept, only the nonce changes from call to call.
//
// One thread at a time. AES-128-GCM (NIST SP 800-38D) and ChaCha20-Poly1305 (RFC 8439), both by
// OpenSSL.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "core/base/bytes.h"
#include "core/crypto/key_source.h"

struct evp_cipher_ctx_st;

namespace pf::crypto {

class Aead {
 public:
  enum class Use : std::uint8_t { seal, open };
  Aead(Cipher cipher, std::span<const std::byte> key, Use use);

  // Encrypts `text` where it stands and writes the tag.
  void seal(const Nonce& nonce, Bytes aad, MutableBytes text,
            std::span<std::byte, kTagBytes> tag) noexcept;

  // Decrypts `text` where it stands. False: not sealed with this key, nonce and AAD; `text` is
  // garbage then.
  [[nodiscard]] bool open(const Nonce& nonce, Bytes aad, MutableBytes text,
                          std::span<const std::byte, kTagBytes> tag) noexcept;

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_cipher_ctx_st, Free> context_;  // OpenSSL wipes the key schedule when it goes
};

}  // namespace pf::crypto
