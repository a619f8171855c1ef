#include "core/crypto/key_source.h"

#include <algorithm>

#include "core/base/bytes.h"

namespace pf::crypto {

KeySource::KeySource(Cipher cipher, std::span<const std::byte> key,
                     std::span<const std::byte, kSaltBytes> salt, Direction direction) noexcept
    : cipher_(cipher) {
  std::copy(key.begin(), key.end(), key_.fill().begin());
  constexpr std::uint32_t kDirectionBit = 0x8000'0000;
  salt_ = detail::load<std::uint32_t>(salt.data(), true) & ~kDirectionBit;
  if (direction == Direction::client_to_host) salt_ |= kDirectionBit;
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

// Put together in registers and stored as whoever encrypts loads it, eight bytes and four: a load
// across two stores waits until all stores before them are done, which at this place are a
// packet's.
Nonce KeySource::nonce(std::uint64_t packet_number) const noexcept {
  const auto high = static_cast<std::uint32_t>(packet_number >> 32);
  const auto low = static_cast<std::uint32_t>(packet_number);
  Nonce nonce;
  detail::store(nonce.data(), (std::uint64_t{salt_} << 32) | high, true);
  detail::store(nonce.data() + 8, low, true);
  return nonce;
}

}  // namespace pf::crypto
