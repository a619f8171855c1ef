#include "core/crypto/key_source.h"

#include <algorithm>

#include "core/base/bytes.h"

namespace pf::crypto {

KeySource::KeySource(Cipher cipher, std::span<const std::byte> key,
                     std::span<const std::byte, kSaltBytes> salt, Direction direction) noexcept
    : cipher_(cipher) {
  std::copy(key.begin(), key.end(), key_.fill().begin());
  std::copy(salt.begin(), salt.end(), salt_.begin());
  salt_[0] =
      (salt_[0] & std::byte{0x7F}) | static_cast<std::byte>(static_cast<unsigned>(direction) << 7);
}

KeySource KeySource::from(const message::MediaKeys& keys, Direction direction) {
  return keys.cipher == Cipher::chacha20_poly1305
             ? chacha20_poly1305(keys.chacha20, keys.salt, direction)
             : aes128_gcm(keys.aes128, keys.salt, direction);
}

KeySource KeySource::aes128_gcm(const Secret<16>& key, std::span<const std::byte, kSaltBytes> salt,
                                Direction direction) {
  return {Cipher::aes128_gcm, key.reveal(), salt, direction};
}

KeySource KeySource::chacha20_poly1305(const Secret<32>& key,
                                       std::span<const std::byte, kSaltBytes> salt,
                                       Direction direction) {
  return {Cipher::chacha20_poly1305, key.reveal(), salt, direction};
}

std::span<const std::byte> KeySource::key(std::uint64_t /*key_index*/) const noexcept {
  return key_.reveal().first(cipher_ == Cipher::aes128_gcm ? 16 : 32);
}

Nonce KeySource::nonce(std::uint64_t packet_number) const noexcept {
  Nonce nonce;
  ByteWriter out(nonce);
  out.put(salt_);
  out.big(packet_number);
  return nonce;
}

}  // namespace pf::crypto
