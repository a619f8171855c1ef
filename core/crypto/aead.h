// One AEAD key, ready for use: the key schedule is kept, only the nonce changes from call to call.
//
// AES-128-GCM (NIST SP 800-38D) and ChaCha20-Poly1305 (RFC 8439). Who computes them differs from
// machine to machine, so they stand behind a table of engines. An Aead belongs to one thread at a
// time; it wipes its key schedule when it goes.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "core/base/bytes.h"
#include "core/crypto/key_source.h"

namespace pf::crypto {

class Aead {
 public:
  enum class Use : std::uint8_t { seal, open };
  virtual ~Aead() = default;

  // Encrypts `text` to `into`, which has as many bytes, and writes the tag. `into` is where `text`
  // stands or does not touch it.
  virtual void seal(const Nonce& nonce, Bytes aad, Bytes text, std::byte* into,
                    std::span<std::byte, kTagBytes> tag) noexcept = 0;

  // Decrypts `text` where it stands. False: not sealed with this key, nonce and AAD; `text` is
  // garbage then.
  [[nodiscard]] virtual bool open(const Nonce& nonce, Bytes aad, MutableBytes text,
                                  std::span<const std::byte, kTagBytes> tag) noexcept = 0;
};

struct AeadEngine {
  std::string_view name;
  // `key` has as many bytes as the cipher takes. nullptr: not this cipher, or not on this machine.
  std::unique_ptr<Aead> (*make)(Cipher cipher, Bytes key, Aead::Use use);
};
using AeadEngines = std::span<const AeadEngine>;

// All that were compiled in, the fastest first. The last one serves every cipher everywhere.
AeadEngines aead_engines() noexcept;

// By the first of `engines` that serves the cipher here; there must be one.
std::unique_ptr<Aead> make_aead(AeadEngines engines, Cipher cipher, Bytes key, Aead::Use use);

}  // namespace pf::crypto
