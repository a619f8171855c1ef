// Which key and which nonce seal packet number n, for one direction of one session.
//
// Generation 1 (docs/protocol/punktfunk1.md section 10.2): one key as the Welcome gave it; nonce =
// salt with the direction in its top bit, then the number, big-endian. A generation that changes
// keys as numbers grow answers key_index with something else; sealing and opening already ask per
// packet.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/secret.h"
#include "core/message/media.h"

namespace pf::crypto {

using message::Cipher;
enum class Direction : std::uint8_t { host_to_client = 0, client_to_host = 1 };

inline constexpr std::size_t kNonceBytes = 12;
inline constexpr std::size_t kSaltBytes = 4;
inline constexpr std::size_t kTagBytes = 16;
inline constexpr std::size_t kMaxKeyBytes = 32;

using Nonce = std::array<std::byte, kNonceBytes>;

class KeySource {
 public:
  // What the two ends agreed on, for one of the directions.
  static KeySource from(const message::MediaKeys& keys, Direction direction);
  static KeySource aes128_gcm(const Secret<16>& key, std::span<const std::byte, kSaltBytes> salt,
                              Direction direction);
  static KeySource chacha20_poly1305(const Secret<32>& key,
                                     std::span<const std::byte, kSaltBytes> salt,
                                     Direction direction);

  Cipher cipher() const noexcept { return cipher_; }
  std::uint64_t key_index(std::uint64_t /*packet_number*/) const noexcept { return 0; }
  // As many bytes as the cipher takes; valid as long as the source.
  std::span<const std::byte> key(std::uint64_t key_index) const noexcept;
  Nonce nonce(std::uint64_t packet_number) const noexcept;

 private:
  KeySource(Cipher cipher, std::span<const std::byte> key,
            std::span<const std::byte, kSaltBytes> salt, Direction direction) noexcept;

  Cipher cipher_;
  Secret<kMaxKeyBytes> key_;
  std::uint32_t salt_;  // big-endian, with the direction in it
};

}  // namespace pf::crypto
