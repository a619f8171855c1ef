#include "host/gamestream/protocol/control_packets.h"

#include <array>

#include "core/base/check.h"

namespace pf::gamestream {
namespace {

constexpr std::uint16_t kEncryptedType = 0x0001;
constexpr std::size_t kSequenceBytes = 4, kTagBytes = crypto::kTagBytes;
constexpr std::size_t kOuterBytes = 4 + kSequenceBytes + kTagBytes;  // type, length, …
constexpr std::size_t kInnerBytes = 4;                               // type, length
constexpr std::size_t kTagAt = 8;

enum class Origin : char { client = 'C', host = 'H' };

crypto::Nonce nonce_of(std::uint32_t sequence, Origin origin) noexcept {
  crypto::Nonce nonce{};
  detail::store(nonce.data(), sequence, false);
  nonce[10] = static_cast<std::byte>(origin);
  nonce[11] = std::byte{'C'};
  return nonce;
}
std::array<std::byte, 16> legacy_iv_of(std::uint32_t sequence) noexcept {
  std::array<std::byte, 16> iv{};
  iv[0] = static_cast<std::byte>(sequence);
  return iv;
}

std::unique_ptr<crypto::Aead> make(const Secret<16>& key, crypto::Aead::Use use) {
  return crypto::make_aead(crypto::aead_engines(), crypto::Cipher::aes128_gcm, key.reveal(), use);
}

}  // namespace

ControlPackets::ControlPackets(const Secret<16>& key, ControlIv iv)
    : iv_(iv),
      sealer_(make(key, crypto::Aead::Use::seal)),
      opener_(make(key, crypto::Aead::Use::open)),
      legacy_(key) {}

Bytes ControlPackets::seal(std::uint16_t type, Bytes payload) {
  PF_CHECK(payload.size() <= kMaxPayloadBytes);
  packet_.resize(kOuterBytes + kInnerBytes + payload.size());
  ByteWriter writer(packet_);
  writer.little(kEncryptedType);
  writer.little(static_cast<std::uint16_t>(packet_.size() - 4));
  writer.little(next_sequence_);
  writer.put(std::array<std::byte, kTagBytes>{});
  writer.little(type);
  writer.little(static_cast<std::uint16_t>(payload.size()));
  writer.put(payload);
  encrypt(next_sequence_++, MutableBytes(packet_).subspan(kOuterBytes),
          MutableBytes(packet_).subspan<kTagAt, kTagBytes>());
  return packet_;
}

ControlPackets::Opened ControlPackets::open(MutableBytes packet) noexcept {
  ByteReader outer(packet);
  const auto type = outer.little<std::uint16_t>();
  const auto length = outer.little<std::uint16_t>();
  const auto sequence = outer.little<std::uint32_t>();
  if (packet.size() < kOuterBytes + kInnerBytes || type != kEncryptedType ||
      length != packet.size() - 4)
    return {Fault::malformed, {}};
  const MutableBytes text = packet.subspan(kOuterBytes);
  if (!decrypt(sequence, text, packet.subspan(kTagAt).first<kTagBytes>()))
    return {Fault::forged, {}};
  if (!seen_.accept(sequence)) return {Fault::replayed, {}};
  ByteReader inner(text);
  ControlText said{.type = inner.little<std::uint16_t>(), .payload = {}};
  said.payload = inner.take(inner.little<std::uint16_t>());
  if (!inner.finished()) return {Fault::malformed, {}};
  return {Fault::none, said};
}

void ControlPackets::encrypt(std::uint32_t sequence, MutableBytes text,
                             std::span<std::byte, 16> tag) noexcept {
  if (iv_ == ControlIv::legacy) return legacy_.seal(legacy_iv_of(sequence), text, tag);
  sealer_->seal(nonce_of(sequence, Origin::host), {}, text, text.data(), tag);
}

bool ControlPackets::decrypt(std::uint32_t sequence, MutableBytes text,
                             std::span<const std::byte, 16> tag) noexcept {
  if (iv_ == ControlIv::legacy) return legacy_.open(legacy_iv_of(sequence), text, tag);
  return opener_->open(nonce_of(sequence, Origin::client), {}, text, tag);
}

}  // namespace pf::gamestream
