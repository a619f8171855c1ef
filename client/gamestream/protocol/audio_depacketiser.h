// Datagrams of the audio stream → Opus packets in their order: recovery and decryption
// (docs/protocol/gamestream.md section 10). Pure; one thread.
//
// Blocks of four packets have two of parity behind them. A packet that is missing is waited for
// until its block can be computed, or until packets of a later block show that it will not come.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/secret.h"
#include "core/crypto/aes128.h"
#include "core/fec/audio_codec.h"

namespace pf::gamestream_client {

struct AudioPacket {
  std::vector<std::byte> opus;  // empty: lost, conceal it
};

struct AudioCounts {
  std::uint64_t packets = 0;  // of sound, as they came
  std::uint64_t parity = 0;
  std::uint64_t rejected = 0;   // no packet of such a stream
  std::uint64_t late = 0;       // sound of a block that is done with, and duplicates
  std::uint64_t recovered = 0;  // computed from parity
  std::uint64_t lost = 0;
  std::uint64_t undecryptable = 0;
  std::uint64_t wrong_timestamps = 0;  // not one packet's length apart
  std::uint64_t wrong_sizes = 0;       // within a block: stock clients recover nothing from then on
};

class AudioDepacketiser {
 public:
  struct Params {
    std::uint32_t packet_ms = 5;
    std::optional<Secret<16>> key;  // of encrypted sound
    std::int32_t key_id = 0;        // rikeyid
  };
  explicit AudioDepacketiser(const Params& params);

  void take(Bytes datagram);
  // The next packet in order; empty: it is still to come.
  std::optional<AudioPacket> next();

  const AudioCounts& counts() const noexcept { return counts_; }

 private:
  static constexpr std::size_t kMaxPayloadBytes = 1400;
  static constexpr std::size_t kShards =
      std::size_t{fec::AudioCodec::kDataCount} + fec::AudioCodec::kParityCount;
  // Of a later block: then the one before will get nothing more.
  static constexpr unsigned kPatience = 2;
  static constexpr std::size_t kMaxWaiting = 1024;  // seconds of sound that nobody fetches

  struct Block {
    std::array<std::uint8_t, kShards> present{};
    std::array<std::array<std::byte, kMaxPayloadBytes>, kShards> shards{};
    std::array<std::uint16_t, kShards> payload_bytes{};
    unsigned packet_count = 0;
    unsigned delivered = 0;
  };

  void take_data(ByteReader& in, std::uint16_t sequence, std::uint32_t timestamp);
  void take_parity(ByteReader& in);
  Block* block_of(std::uint16_t base);
  void store(std::uint16_t base, unsigned index, Bytes payload);
  void deliver_ready();
  void recover();
  void give_up();
  void next_block();
  void deliver(Block& block);
  void deliver(std::uint16_t sequence, Bytes payload);

  const Params params_;
  std::optional<crypto::Aes128Cbc> cipher_;
  fec::AudioCodec codec_;
  std::optional<std::uint16_t> base_;  // of the current block; empty: the stream has not begun
  std::array<Block, 2> blocks_;        // the current one and the next
  unsigned current_ = 0;
  bool recovers_ = true;
  std::optional<std::uint32_t> first_timestamp_;
  std::uint16_t first_sequence_ = 0;
  std::deque<AudioPacket> ready_;
  AudioCounts counts_;
};

}  // namespace pf::gamestream_client
