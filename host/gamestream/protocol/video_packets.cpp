#include "host/gamestream/protocol/video_packets.h"

#include <algorithm>
#include <cstring>

#include "core/base/check.h"

namespace pf::gamestream {
namespace {

constexpr std::size_t kHeaderBytes = 32;  // RTP header, reserved bytes, NV header
constexpr std::size_t kFrameHeaderBytes = 8;
constexpr std::size_t kSealBytes = 32;  // IV, frame number, tag
constexpr std::byte kRtpVersionAndExtension{0x90};
constexpr std::byte kShortFrameHeader{0x01};
constexpr std::byte kMultiFec{0x10};

// Flags of a data packet.
constexpr unsigned kPicture = 1, kLastOfBlock = 2, kFirstOfBlock = 4;

// Where fields lie in a datagram.
constexpr std::size_t kAtStreamPacketIndex = 16, kAtFrameIndex = 20, kAtFlags = 24,
                      kAtMultiFecFlags = 26, kAtMultiFecBlocks = 27, kAtFecInfo = 28;

template <class T>
void put_little(std::byte* at, T value) noexcept {
  detail::store(at, value, false);
}
template <class T>
void put_big(std::byte* at, T value) noexcept {
  detail::store(at, value, true);
}

std::unique_ptr<crypto::Aead> make_video_aead(const std::optional<Secret<16>>& key) {
  if (!key) return nullptr;
  return crypto::make_aead(crypto::aead_engines(), crypto::Cipher::aes128_gcm, key->reveal(),
                           crypto::Aead::Use::seal);
}

std::unique_ptr<std::byte[]> take(std::size_t bytes) {
  return std::make_unique<std::byte[]>(bytes);
}

}  // namespace

VideoPackets::VideoPackets(const VideoPacketParams& params)
    : packet_size_(params.packet_size),
      batch_packets_(params.batch_packets),
      fec_percent_(params.fec_percent),
      min_parity_(params.min_parity),
      aead_(make_video_aead(params.key)),
      block_(take(kMaxBlockPackets * shard_bytes())),
      sealed_(aead_ ? take(batch_packets_ * (kSealBytes + shard_bytes())) : nullptr) {
  PF_CHECK(packet_size_ >= kMinPacketSize && packet_size_ <= kMaxPacketSize);
  PF_CHECK(packet_size_ % 16 == 0 && batch_packets_ > 0);
}

std::uint16_t VideoPackets::datagram_bytes() const noexcept {
  return static_cast<std::uint16_t>(shard_bytes() + (aead_ ? kSealBytes : 0));
}

std::size_t VideoPackets::max_frame_bytes() const noexcept {
  return kMaxBlocks * kMaxBlockPackets * payload_bytes() - kFrameHeaderBytes;
}

std::uint32_t VideoPackets::packet_count() const noexcept {
  std::uint32_t packets = 0;
  for (std::uint32_t block = 0; blocks_ && block < blocks_->count(); ++block) {
    const BlockShape shape = blocks_->shape(block);
    packets += std::uint32_t{shape.data_count} + shape.parity_count;
  }
  return packets;
}

bool VideoPackets::begin(const VideoFrame& frame) noexcept {
  const std::size_t bytes = kFrameHeaderBytes + frame.access_unit.size();
  blocks_.reset();
  if (frame.access_unit.size() > max_frame_bytes()) return false;
  const auto packets = static_cast<std::uint32_t>((bytes + payload_bytes() - 1) / payload_bytes());
  blocks_ = FrameBlocks::of(packets, fec_percent_, min_parity_);
  PF_CHECK(blocks_.has_value());
  frame_ = frame;
  ++frame_index_;

  const std::size_t last = bytes % payload_bytes();
  frame_header_ = {};
  frame_header_[0] = kShortFrameHeader;
  put_little(&frame_header_[1], frame.host_latency_tenths_ms);
  frame_header_[3] = static_cast<std::byte>(frame.kind);
  put_little(&frame_header_[4], static_cast<std::uint16_t>(last == 0 ? payload_bytes() : last));

  block_index_ = 0;
  block_first_packet_ = 0;
  begin_block();
  return true;
}

void VideoPackets::begin_block() noexcept {
  shape_ = blocks_->shape(block_index_);
  next_shard_ = 0;
  for (std::uint32_t i = 0; i < shape_.data_count; ++i) lay_out(i);
}

// A data packet with its transport fields zero, as the code sees it.
void VideoPackets::lay_out(std::uint32_t index) noexcept {
  std::byte* const packet = shard(index);
  std::memset(packet, 0, kHeaderBytes);
  put_little(packet + kAtStreamPacketIndex, (packet_counter_ + index) << 8);
  put_little(packet + kAtFrameIndex, frame_index_);
  unsigned flags = kPicture;
  if (index == 0) flags |= kFirstOfBlock;
  if (index + 1 == shape_.data_count) flags |= kLastOfBlock;
  packet[kAtFlags] = static_cast<std::byte>(flags);
  packet[kAtMultiFecFlags] = kMultiFec;
  packet[kAtMultiFecBlocks] =
      static_cast<std::byte>(block_index_ << 4 | (blocks_->count() - 1) << 6);
  copy_payload(block_first_packet_ + index, packet + kHeaderBytes);
}

// The payload of data packet `index` of the frame.
void VideoPackets::copy_payload(std::uint32_t index, std::byte* into) const noexcept {
  std::size_t room = payload_bytes();
  std::size_t from = index * payload_bytes();
  if (index == 0) {
    std::memcpy(into, frame_header_.data(), kFrameHeaderBytes);
    into += kFrameHeaderBytes;
    room -= kFrameHeaderBytes;
  } else {
    from -= kFrameHeaderBytes;
  }
  const std::size_t bytes = std::min(room, frame_.access_unit.size() - from);
  if (bytes > 0) std::memcpy(into, frame_.access_unit.data() + from, bytes);
  std::memset(into + bytes, 0, room - bytes);
}

void VideoPackets::make_parity() noexcept {
  // The data have left; what their headers carried on the way is none of the code's business.
  for (std::uint32_t i = 0; i < shape_.data_count; ++i) {
    std::memset(shard(i), 0, 12);
    std::memset(shard(i) + kAtFecInfo, 0, 4);
  }
  codec_.encode({.data = shard(0),
                 .parity = shard(shape_.data_count),
                 .stride = shard_bytes(),
                 .shard_bytes = static_cast<std::uint32_t>(shard_bytes()),
                 .data_count = shape_.data_count,
                 .parity_count = shape_.parity_count});
}

void VideoPackets::write_transport_fields(std::uint32_t index) noexcept {
  std::byte* const packet = shard(index);
  packet[0] = kRtpVersionAndExtension;
  packet[1] = std::byte{0};
  put_big(packet + 2, static_cast<std::uint16_t>(packet_counter_));
  put_big(packet + 4, frame_.timestamp_90khz);
  put_big(packet + 8, std::uint32_t{0});
  put_little(packet + kAtFrameIndex, frame_index_);
  packet[kAtMultiFecBlocks] =
      static_cast<std::byte>(block_index_ << 4 | (blocks_->count() - 1) << 6);
  put_little(packet + kAtFecInfo, std::uint32_t{shape_.data_count} << 22 | index << 12 |
                                      std::uint32_t{shape_.percent} << 4);
  ++packet_counter_;
}

PacketRun VideoPackets::next() noexcept {
  if (!blocks_) return {};
  const std::uint32_t total = std::uint32_t{shape_.data_count} + shape_.parity_count;
  if (next_shard_ == total) {
    block_first_packet_ += shape_.data_count;
    if (++block_index_ == blocks_->count()) {
      blocks_.reset();
      return {};
    }
    begin_block();
    return next();
  }
  const bool parity = next_shard_ >= shape_.data_count;
  if (next_shard_ == shape_.data_count) make_parity();
  const std::uint32_t end = parity ? total : shape_.data_count;
  const std::uint32_t first = next_shard_;
  next_shard_ = std::min(end, first + batch_packets_);
  for (std::uint32_t i = first; i < next_shard_; ++i) write_transport_fields(i);
  return seal({.base = shard(first),
               .count = next_shard_ - first,
               .stride = static_cast<std::uint16_t>(shard_bytes())});
}

PacketRun VideoPackets::seal(PacketRun run) noexcept {
  if (!aead_) return run;
  const PacketRun sealed{.base = sealed_.get(), .count = run.count, .stride = datagram_bytes()};
  for (std::uint32_t i = 0; i < run.count; ++i) {
    std::byte* const into = sealed.packet(i).data();
    crypto::Nonce nonce{};
    put_little(nonce.data(), iv_counter_++);
    nonce[11] = std::byte{'V'};
    std::memcpy(into, nonce.data(), nonce.size());
    put_little(into + 12, frame_index_);
    aead_->seal(nonce, {}, run.packet(i), into + kSealBytes,
                std::span<std::byte, crypto::kTagBytes>(into + 16, crypto::kTagBytes));
  }
  return sealed;
}

}  // namespace pf::gamestream
