#include "core/crypto/sealer.h"

#include "core/base/check.h"

namespace pf::crypto {

Sealer::Sealer(const KeySource& keys, const message::PacketFormat& format, AeadEngines engines)
    : keys_(keys),
      format_(&format),
      engines_(engines),
      aead_(make_aead(engines_, keys_.cipher(), keys_.key(keys_.key_index(0)), Aead::Use::seal)),
      key_index_(keys_.key_index(0)) {
  PF_CHECK(format.tag_bytes == kTagBytes);
}

PacketRun Sealer::seal_copy(PacketRun run, std::byte* into) noexcept {
  const PacketRun sealed{.base = into, .count = run.count, .stride = run.stride};
  for (std::uint32_t i = 0; i < run.count; ++i) seal_packet(run.packet(i), sealed.packet(i));
  return sealed;
}

void Sealer::seal_packet(Bytes packet, MutableBytes into) noexcept {
  PF_DCHECK(packet.size() >= std::size_t{format_->clear_bytes} + kTagBytes);
  const std::uint64_t number = next_number_++;
  if (const std::uint64_t key_index = keys_.key_index(number); key_index != key_index_) {
    aead_ = make_aead(engines_, keys_.cipher(), keys_.key(key_index), Aead::Use::seal);
    key_index_ = key_index;
  }
  const MutableBytes clear = into.first(format_->clear_bytes);
  format_->write_number(clear, number);
  aead_->seal(keys_.nonce(number), clear,
              packet.subspan(clear.size(), packet.size() - clear.size() - kTagBytes),
              into.data() + clear.size(), into.last<kTagBytes>());
}

Opener::Opener(const KeySource& keys, const message::PacketFormat& format, AeadEngines engines)
    : keys_(keys),
      format_(&format),
      engines_(engines),
      aead_(make_aead(engines_, keys_.cipher(), keys_.key(keys_.key_index(0)), Aead::Use::open)),
      key_index_(keys_.key_index(0)) {
  PF_CHECK(format.tag_bytes == kTagBytes);
}

tl::expected<MutableBytes, OpenFault> Opener::open(MutableBytes datagram) noexcept {
  if (datagram.size() < std::size_t{format_->clear_bytes} + kTagBytes) {
    ++counters_.too_short;
    return tl::unexpected(OpenFault::too_short);
  }
  const Bytes clear = datagram.first(format_->clear_bytes);
  const std::uint64_t number = format_->read_number(clear, window_.newest().value_or(0));
  if (const std::uint64_t key_index = keys_.key_index(number); key_index != key_index_) {
    aead_ = make_aead(engines_, keys_.cipher(), keys_.key(key_index), Aead::Use::open);
    key_index_ = key_index;
  }
  const MutableBytes text =
      datagram.subspan(clear.size(), datagram.size() - clear.size() - kTagBytes);
  if (!aead_->open(keys_.nonce(number), clear, text, datagram.last<kTagBytes>())) {
    ++counters_.forged;
    return tl::unexpected(OpenFault::forged);
  }
  if (!window_.accept(number)) {
    ++counters_.replayed;
    return tl::unexpected(OpenFault::replayed);
  }
  ++counters_.opened;
  return text;
}

}  // namespace pf::crypto
