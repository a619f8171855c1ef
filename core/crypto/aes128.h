// The modes of AES-128 that only GameStream asks for (docs/protocol/gamestream.md sections 4, 8.2,
// 10.3). What seals media is in aead.h.
//
// Each object belongs to one thread at a time and wipes its key schedule when it goes.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "core/base/bytes.h"
#include "core/base/secret.h"

namespace pf::crypto {

inline constexpr std::size_t kAesBlockBytes = 16;
using AesBlock = std::span<const std::byte, kAesBlockBytes>;

struct CipherContext;  // of the library behind

// NIST SP 800-38A section 6.1, without padding: for single blocks of random bytes.
class Aes128Ecb {
 public:
  explicit Aes128Ecb(const Secret<16>& key);
  ~Aes128Ecb();
  // In place; whole blocks only.
  void encrypt(MutableBytes blocks) noexcept;
  void decrypt(MutableBytes blocks) noexcept;

 private:
  Secret<16> key_;
  std::unique_ptr<CipherContext> context_;
};

// SP 800-38A section 6.2, padded as PKCS#7 says (RFC 5652 section 6.3).
class Aes128Cbc {
 public:
  explicit Aes128Cbc(const Secret<16>& key);
  Aes128Cbc(Aes128Cbc&&) noexcept;
  ~Aes128Cbc();
  static constexpr std::size_t padded_bytes(std::size_t text_bytes) noexcept {
    return (text_bytes / kAesBlockBytes + 1) * kAesBlockBytes;
  }
  // Writes padded_bytes(text.size()).
  void encrypt(AesBlock iv, Bytes text, std::byte* into) noexcept;
  // Writes at most text.size() bytes and answers how many; empty: the padding is not one. Says
  // nothing about who encrypted it.
  std::optional<std::size_t> decrypt(AesBlock iv, Bytes text, std::byte* into) noexcept;

 private:
  Secret<16> key_;
  std::unique_ptr<CipherContext> context_;
};

// GCM with an IV of 16 bytes, which goes through GHASH (SP 800-38D section 7.1).
class Aes128GcmLongIv {
 public:
  explicit Aes128GcmLongIv(const Secret<16>& key);
  ~Aes128GcmLongIv();
  // Encrypts in place and writes the tag.
  void seal(AesBlock iv, MutableBytes text, std::span<std::byte, 16> tag) noexcept;
  // Decrypts in place. False: forged; `text` is garbage then.
  [[nodiscard]] bool open(AesBlock iv, MutableBytes text,
                          std::span<const std::byte, 16> tag) noexcept;

 private:
  Secret<16> key_;
  std::unique_ptr<CipherContext> context_;
};

}  // namespace pf::crypto
