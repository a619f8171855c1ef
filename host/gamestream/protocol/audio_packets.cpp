#include "host/gamestream/protocol/audio_packets.h"

#include <cstring>

#include "core/base/check.h"

namespace pf::gamestream {
namespace {

constexpr std::byte kRtpVersion{0x80};
constexpr std::byte kDataType{97}, kParityType{127};
constexpr std::size_t kDataHeaderBytes = 12, kParityHeaderBytes = 24;

std::size_t payload_bytes(const AudioPacketParams& params) {
  return params.encryption ? crypto::Aes128Cbc::padded_bytes(params.opus_bytes) : params.opus_bytes;
}

}  // namespace

AudioPackets::AudioPackets(const AudioPacketParams& params)
    : packet_duration_ms_(params.packet_duration_ms),
      opus_bytes_(params.opus_bytes),
      payload_bytes_(payload_bytes(params)),
      stride_(kParityHeaderBytes + payload_bytes_),
      block_((kData + kParity) * stride_) {
  PF_CHECK(opus_bytes_ > 0);
  if (!params.encryption) return;
  cipher_.emplace(params.encryption->key);
  key_id_ = params.encryption->key_id;
}

std::byte* AudioPackets::payload(std::size_t packet) noexcept {
  return block_.data() + packet * stride_ + kParityHeaderBytes;
}

std::span<const Bytes> AudioPackets::add(Bytes opus) noexcept {
  PF_CHECK(opus.size() == opus_bytes_);
  const std::size_t place = sequence_ % kData;
  if (cipher_) {
    std::array<std::byte, 16> iv{};
    detail::store(iv.data(), key_id_ + sequence_, true);
    cipher_->encrypt(iv, opus, payload(place));
  } else {
    std::memcpy(payload(place), opus.data(), opus.size());
  }
  leaving_[0] = newest_ = finish_data(place);
  ++sequence_;
  timestamp_ms_ += packet_duration_ms_;
  if (place + 1 < kData) return {leaving_.data(), 1};

  codec_.encode({.data = payload(0),
                 .parity = payload(kData),
                 .stride = stride_,
                 .shard_bytes = static_cast<std::uint32_t>(payload_bytes_),
                 .data_count = kData,
                 .parity_count = kParity});
  for (std::size_t i = 0; i < kParity; ++i) leaving_[1 + i] = finish_parity(i);
  return leaving_;
}

Bytes AudioPackets::finish_data(std::size_t packet) noexcept {
  std::byte* const datagram = payload(packet) - kDataHeaderBytes;
  ByteWriter header({datagram, kDataHeaderBytes});
  header.big(static_cast<std::uint8_t>(kRtpVersion));
  header.big(static_cast<std::uint8_t>(kDataType));
  header.big(sequence_);
  header.big(timestamp_ms_);
  header.big(std::uint32_t{0});  // SSRC
  return {datagram, kDataHeaderBytes + payload_bytes_};
}

// Called when the block is full: sequence_ and timestamp_ms_ are those of the next one.
Bytes AudioPackets::finish_parity(std::size_t packet) noexcept {
  std::byte* const datagram = payload(kData + packet) - kParityHeaderBytes;
  ByteWriter header({datagram, kParityHeaderBytes});
  header.big(static_cast<std::uint8_t>(kRtpVersion));
  header.big(static_cast<std::uint8_t>(kParityType));
  header.big(static_cast<std::uint16_t>(sequence_ + packet));
  header.big(std::uint32_t{0});  // timestamp
  header.big(std::uint32_t{0});  // SSRC
  header.big(static_cast<std::uint8_t>(packet));
  header.big(static_cast<std::uint8_t>(kDataType));
  header.big(static_cast<std::uint16_t>(sequence_ - kData));
  header.big(static_cast<std::uint32_t>(timestamp_ms_ - kData * packet_duration_ms_));
  header.big(std::uint32_t{0});  // SSRC
  return {datagram, kParityHeaderBytes + payload_bytes_};
}

}  // namespace pf::gamestream
