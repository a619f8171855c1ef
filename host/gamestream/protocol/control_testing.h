// For tests: the client's end of the control stream's encryption.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "core/crypto/aead.h"
#include "host/gamestream/protocol/control_packets.h"

namespace pf::gamestream {

class ControlClientEnd {
 public:
  explicit ControlClientEnd(const Secret<16>& key, ControlIv iv = ControlIv::v2)
      : iv_(iv),
        sealer_(make(key, crypto::Aead::Use::seal)),
        opener_(make(key, crypto::Aead::Use::open)),
        legacy_(key) {}

  std::vector<std::byte> seal(std::uint16_t type, Bytes payload) {
    std::vector<std::byte> packet(28 + payload.size());
    ByteWriter writer(packet);
    writer.little(std::uint16_t{1});
    writer.little(static_cast<std::uint16_t>(packet.size() - 4));
    writer.little(sequence_);
    writer.put(std::array<std::byte, 16>{});
    writer.little(type);
    writer.little(static_cast<std::uint16_t>(payload.size()));
    writer.put(payload);
    const MutableBytes text = MutableBytes(packet).subspan(24);
    const auto tag = MutableBytes(packet).subspan<8, 16>();
    if (iv_ == ControlIv::legacy) {
      legacy_.seal(legacy_iv(sequence_), text, tag);
    } else {
      sealer_->seal(nonce(sequence_, 'C'), {}, text, text.data(), tag);
    }
    ++sequence_;
    return packet;
  }
  std::vector<std::byte> seal(std::uint16_t type, std::initializer_list<int> payload) {
    std::vector<std::byte> bytes;
    for (const int value : payload) bytes.push_back(static_cast<std::byte>(value));
    return seal(type, bytes);
  }
  // An input message of this magic.
  std::vector<std::byte> seal_input(std::uint32_t magic, std::initializer_list<int> body) {
    std::vector<std::byte> packet(8 + body.size());
    ByteWriter writer(packet);
    writer.big(static_cast<std::uint32_t>(4 + body.size()));
    writer.little(magic);
    for (const int value : body) writer.little(static_cast<std::uint8_t>(value));
    return seal(0x0206, packet);
  }

  // Type and payload of what the host says; empty: not from him.
  std::optional<std::pair<std::uint16_t, std::vector<std::byte>>> open(Bytes packet) {
    if (packet.size() < 28) return std::nullopt;
    std::vector<std::byte> text(packet.begin() + 24, packet.end());
    ByteReader outer(packet.subspan(4));
    const auto sequence = outer.little<std::uint32_t>();
    const auto tag = packet.subspan<8, 16>();
    const bool good = iv_ == ControlIv::legacy ? legacy_.open(legacy_iv(sequence), text, tag)
                                               : opener_->open(nonce(sequence, 'H'), {}, text, tag);
    if (!good) return std::nullopt;
    ByteReader inner(text);
    const auto type = inner.little<std::uint16_t>();
    const Bytes payload = inner.take(inner.little<std::uint16_t>());
    return std::pair(type, std::vector<std::byte>(payload.begin(), payload.end()));
  }

 private:
  static std::unique_ptr<crypto::Aead> make(const Secret<16>& key, crypto::Aead::Use use) {
    return crypto::make_aead(crypto::aead_engines(), crypto::Cipher::aes128_gcm, key.reveal(), use);
  }
  static crypto::Nonce nonce(std::uint32_t sequence, char origin) {
    crypto::Nonce nonce{};
    detail::store(nonce.data(), sequence, false);
    nonce[10] = static_cast<std::byte>(origin);
    nonce[11] = std::byte{'C'};
    return nonce;
  }
  static std::array<std::byte, 16> legacy_iv(std::uint32_t sequence) {
    std::array<std::byte, 16> iv{};
    iv[0] = static_cast<std::byte>(sequence);
    return iv;
  }

  const ControlIv iv_;
  std::unique_ptr<crypto::Aead> sealer_, opener_;
  crypto::Aes128GcmLongIv legacy_;
  std::uint32_t sequence_ = 0;
};

}  // namespace pf::gamestream
