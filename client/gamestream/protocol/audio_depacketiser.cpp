#include "client/gamestream/protocol/audio_depacketiser.h"

#include <algorithm>

namespace pf::gamestream_client {
namespace {

constexpr std::uint8_t kRtpVersion = 0x80;
constexpr std::uint8_t kDataType = 97, kParityType = 127;
constexpr std::uint16_t kBlockPackets = fec::AudioCodec::kDataCount;

}  // namespace

AudioDepacketiser::AudioDepacketiser(const Params& params) : params_(params) {
  if (params.key) cipher_.emplace(*params.key);
}

void AudioDepacketiser::take(Bytes datagram) {
  ByteReader in(datagram);
  const auto version = in.little<std::uint8_t>();
  const auto type = in.little<std::uint8_t>();
  const auto sequence = in.big<std::uint16_t>();
  const auto timestamp = in.big<std::uint32_t>();
  in.big<std::uint32_t>();  // SSRC
  if (version != kRtpVersion || in.remaining() == 0 || datagram.size() > kMaxPayloadBytes ||
      (type != kDataType && type != kParityType)) {
    ++counts_.rejected;
    return;
  }
  if (type == kDataType) {
    take_data(in, sequence, timestamp);
  } else {
    take_parity(in);
  }
  deliver_ready();
}

void AudioDepacketiser::take_data(ByteReader& in, std::uint16_t sequence, std::uint32_t timestamp) {
  ++counts_.packets;
  if (!base_) {
    if (sequence % kBlockPackets != 0) return;  // the stream is joined where a block begins
    base_ = sequence;
    first_sequence_ = sequence;
    first_timestamp_ = timestamp;
  }
  const auto since_first = static_cast<std::int16_t>(sequence - first_sequence_);
  const auto expected =
      *first_timestamp_ + static_cast<std::uint32_t>(since_first) * params_.packet_ms;
  if (timestamp != expected) ++counts_.wrong_timestamps;
  if (since_first >= 0x4000) {  // before differences no longer tell forth from back
    first_sequence_ = sequence;
    first_timestamp_ = timestamp;
  }
  store(static_cast<std::uint16_t>(sequence / kBlockPackets * kBlockPackets),
        sequence % kBlockPackets, in.rest());
}

void AudioDepacketiser::take_parity(ByteReader& in) {
  ++counts_.parity;
  const auto index = in.little<std::uint8_t>();
  const auto type = in.little<std::uint8_t>();
  const auto base = in.big<std::uint16_t>();
  in.big<std::uint32_t>();  // timestamp of the base
  in.big<std::uint32_t>();  // SSRC
  if (!in.ok() || in.remaining() == 0 || index >= fec::AudioCodec::kParityCount ||
      type != kDataType || base % kBlockPackets != 0) {
    ++counts_.rejected;
    return;
  }
  if (base_) store(base, kBlockPackets + index, in.rest());
}

// Null: too late. Leaves blocks behind that can no longer become whole.
AudioDepacketiser::Block* AudioDepacketiser::block_of(std::uint16_t base) {
  const auto ahead = [&] {
    return static_cast<std::int16_t>(base - *base_) / static_cast<int>(kBlockPackets);
  };
  if (ahead() < 0) return nullptr;
  // After a silence that nothing tells of, the stream is joined anew rather than filled up.
  if (static_cast<std::size_t>(ahead()) > kMaxWaiting / kBlockPackets) {
    blocks_ = {};
    base_ = base;
  }
  while (ahead() > 1) give_up();
  return &blocks_[(current_ + static_cast<unsigned>(ahead())) % 2];
}

void AudioDepacketiser::store(std::uint16_t base, unsigned index, Bytes payload) {
  Block* block = block_of(base);
  if (block == nullptr || block->present[index] != 0) {
    if (index < kBlockPackets) ++counts_.late;  // parity that was not needed is the rule
    return;
  }
  const auto differs = [&](std::uint16_t bytes) { return bytes != 0 && bytes != payload.size(); };
  if (std::any_of(block->payload_bytes.begin(), block->payload_bytes.end(), differs)) {
    ++counts_.wrong_sizes;
    recovers_ = false;
  }
  std::copy(payload.begin(), payload.end(), block->shards[index].begin());
  block->payload_bytes[index] = static_cast<std::uint16_t>(payload.size());
  block->present[index] = 1;
  ++block->packet_count;
  if (block != &blocks_[current_] && block->packet_count >= kPatience) give_up();
}

void AudioDepacketiser::deliver_ready() {
  while (base_) {
    Block& block = blocks_[current_];
    while (block.delivered < kBlockPackets && block.present[block.delivered] != 0) deliver(block);
    if (block.delivered < kBlockPackets && block.packet_count >= kBlockPackets && recovers_) {
      recover();
      continue;
    }
    if (block.delivered < kBlockPackets) return;
    next_block();
  }
}

void AudioDepacketiser::recover() {
  Block& block = blocks_[current_];
  const std::uint16_t payload_bytes =
      *std::max_element(block.payload_bytes.begin(), block.payload_bytes.end());
  for (unsigned i = 0; i < kBlockPackets; ++i) counts_.recovered += block.present[i] == 0 ? 1 : 0;
  const fec::ShardBlock shards{.data = block.shards[0].data(),
                               .parity = block.shards[kBlockPackets].data(),
                               .stride = kMaxPayloadBytes,
                               .shard_bytes = payload_bytes,
                               .data_count = fec::AudioCodec::kDataCount,
                               .parity_count = fec::AudioCodec::kParityCount};
  // Any four of the six do.
  if (!codec_.recover(shards, block.present)) return give_up();
  std::fill_n(block.present.begin(), kBlockPackets, std::uint8_t{1});
  std::fill_n(block.payload_bytes.begin(), kBlockPackets, payload_bytes);
}

void AudioDepacketiser::give_up() {
  Block& block = blocks_[current_];
  while (block.delivered < kBlockPackets) {
    if (block.present[block.delivered] == 0) ++counts_.lost;
    deliver(block);
  }
  next_block();
}

void AudioDepacketiser::next_block() {
  blocks_[current_] = {};
  current_ = (current_ + 1) % 2;
  base_ = static_cast<std::uint16_t>(*base_ + kBlockPackets);
}

// The next of the block: empty where it is lost.
void AudioDepacketiser::deliver(Block& block) {
  const unsigned index = block.delivered++;
  deliver(static_cast<std::uint16_t>(*base_ + index),
          Bytes(block.shards[index]).first(block.payload_bytes[index]));
}

void AudioDepacketiser::deliver(std::uint16_t sequence, Bytes payload) {
  AudioPacket packet;
  if (cipher_ && !payload.empty()) {
    std::array<std::byte, crypto::kAesBlockBytes> iv{};
    detail::store(iv.data(), static_cast<std::uint32_t>(params_.key_id) + sequence, true);
    packet.opus.resize(payload.size());
    const auto length = cipher_->decrypt(iv, payload, packet.opus.data());
    if (!length) ++counts_.undecryptable;
    packet.opus.resize(length.value_or(0));
  } else {
    packet.opus.assign(payload.begin(), payload.end());
  }
  if (ready_.size() < kMaxWaiting) ready_.push_back(std::move(packet));
}

std::optional<AudioPacket> AudioDepacketiser::next() {
  if (ready_.empty()) return std::nullopt;
  AudioPacket packet = std::move(ready_.front());
  ready_.pop_front();
  return packet;
}

}  // namespace pf::gamestream_client
