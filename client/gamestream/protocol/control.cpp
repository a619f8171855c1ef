#include "client/gamestream/protocol/control.h"

namespace pf::gamestream_client {
namespace {

constexpr std::uint16_t kSealedType = 0x0001;
constexpr std::size_t kTagAt = 8, kTagBytes = crypto::kTagBytes;
constexpr std::size_t kInnerAt = kTagAt + kTagBytes;

template <class Write>
ControlMessage message(std::uint16_t type, std::size_t payload_bytes, Write write) {
  ControlMessage made{type, std::vector<std::byte>(payload_bytes)};
  ByteWriter writer(made.payload);
  write(writer);
  return made;
}

crypto::Nonce nonce_of(std::uint32_t sequence, char origin) noexcept {
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

ControlMessage request_idr() {
  return message(0x0302, 2, [](ByteWriter&) {});
}
ControlMessage start_b() {
  return message(0x0307, 1, [](ByteWriter&) {});
}
ControlMessage periodic_ping() {
  return message(0x0200, 8, [](ByteWriter& out) { out.little(std::uint16_t{4}); });
}
ControlMessage invalidate_references(std::uint32_t first_frame, std::uint32_t last_frame) {
  return message(0x0301, 24, [&](ByteWriter& out) {
    out.little(std::uint64_t{first_frame});
    out.little(std::uint64_t{last_frame});
  });
}
ControlMessage fec_status(const FecStatus& status) {
  return message(0x5502, 21, [&](ByteWriter& out) {
    out.big(status.frame_index);
    out.big(status.highest_received);
    out.big(status.next_contiguous);
    out.big(status.missing_before_highest);
    out.big(status.data_count);
    out.big(status.parity_count);
    out.big(status.received_data);
    out.big(status.received_parity);
    out.big(status.fec_percent);
    out.big(status.block_index);
    out.big(status.block_count);
  });
}
ControlMessage input_data(Bytes input_packet) {
  return {0x0206, {input_packet.begin(), input_packet.end()}};
}

std::optional<HostMessage> parse_host_message(std::uint16_t type, Bytes payload) {
  ByteReader in(payload);
  switch (type) {
    case 0x010b: {
      in.little<std::uint32_t>();
      const PadRumble rumble{in.little<std::uint16_t>(), in.little<std::uint16_t>(),
                             in.little<std::uint16_t>()};
      if (in.finished()) return rumble;
      return std::nullopt;
    }
    case 0x010e: {
      const HdrMode mode{in.little<std::uint8_t>() != 0};
      in.take(13 * sizeof(std::uint16_t));
      if (in.finished()) return mode;
      return std::nullopt;
    }
    case 0x0109: {
      const Termination termination{in.big<std::uint32_t>()};
      if (in.finished()) return termination;
      return std::nullopt;
    }
    case 0x5500:
      return payload.size() == 6 ? std::optional<HostMessage>(PadOther{type}) : std::nullopt;
    case 0x5501:
    case 0x5502:
      return payload.size() == 5 ? std::optional<HostMessage>(PadOther{type}) : std::nullopt;
    case 0x5503:
      return payload.size() == 25 ? std::optional<HostMessage>(PadOther{type}) : std::nullopt;
    default:
      return std::nullopt;
  }
}

ControlSeal::ControlSeal(const Secret<16>& key, Iv iv)
    : iv_(iv),
      sealer_(make(key, crypto::Aead::Use::seal)),
      opener_(make(key, crypto::Aead::Use::open)),
      legacy_(key) {}

Bytes ControlSeal::seal(const ControlMessage& message) {
  packet_.assign(kInnerAt + 4 + message.payload.size(), std::byte{0});
  ByteWriter writer(packet_);
  writer.little(kSealedType);
  writer.little(static_cast<std::uint16_t>(packet_.size() - 4));
  writer.little(next_sequence_);
  writer.put(std::array<std::byte, kTagBytes>{});
  writer.little(message.type);
  writer.little(static_cast<std::uint16_t>(message.payload.size()));
  writer.put(message.payload);
  const MutableBytes text = MutableBytes(packet_).subspan(kInnerAt);
  const auto tag = MutableBytes(packet_).subspan<kTagAt, kTagBytes>();
  if (iv_ == Iv::legacy) {
    legacy_.seal(legacy_iv_of(next_sequence_), text, tag);
  } else {
    sealer_->seal(nonce_of(next_sequence_, 'C'), {}, text, text.data(), tag);
  }
  ++next_sequence_;
  return packet_;
}

ControlSeal::Opened ControlSeal::open(MutableBytes packet) {
  using Fault = Opened::Fault;
  ByteReader outer(packet);
  const auto type = outer.little<std::uint16_t>();
  const auto length = outer.little<std::uint16_t>();
  const auto sequence = outer.little<std::uint32_t>();
  if (packet.size() < kInnerAt + 4 || type != kSealedType || length != packet.size() - 4)
    return {Fault::malformed, 0, {}};
  const MutableBytes text = packet.subspan(kInnerAt);
  const auto tag = Bytes(packet).subspan<kTagAt, kTagBytes>();
  const bool genuine = iv_ == Iv::legacy ? legacy_.open(legacy_iv_of(sequence), text, tag)
                                         : opener_->open(nonce_of(sequence, 'H'), {}, text, tag);
  if (!genuine) return {Fault::forged, 0, {}};
  if (sequence != host_sequence_) return {Fault::wrong_number, 0, {}};
  ++host_sequence_;
  ByteReader inner(text);
  const auto inner_type = inner.little<std::uint16_t>();
  const Bytes payload = inner.take(inner.little<std::uint16_t>());
  if (!inner.finished()) return {Fault::malformed, 0, {}};
  return {Fault::none, inner_type, payload};
}

}  // namespace pf::gamestream_client
