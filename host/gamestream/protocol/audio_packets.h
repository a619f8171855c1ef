// Makes the datagrams of sound: RTP packets of Opus, encrypted on demand, and after every fourth
// two of parity (docs/protocol/gamestream.md section 10).
//
// All payloads of a stream have one size, which is why its Opus is hard CBR: the code needs it, and
// stock clients turn their error correction off for good when they see two sizes in one block.
// Audio thread only; no allocation after construction.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/secret.h"
#include "core/crypto/aes128.h"
#include "core/fec/audio_codec.h"

namespace pf::gamestream {

struct AudioPacketParams {
  std::uint32_t packet_duration_ms = 5;  // 5 or 10
  std::size_t opus_bytes = 0;            // of every packet
  struct Encryption {
    Secret<16> key;
    std::uint32_t key_id = 0;  // rikeyid
  };
  std::optional<Encryption> encryption;
};

class AudioPackets {
 public:
  explicit AudioPackets(const AudioPacketParams& params);

  // The datagrams that leave now, one or three, valid until the next call. `opus` has exactly
  // opus_bytes.
  std::span<const Bytes> add(Bytes opus) noexcept;

  // The newest datagram of sound once more, valid until the fourth call from now; empty before the
  // first.
  Bytes newest() const noexcept { return newest_; }

 private:
  static constexpr std::size_t kData = fec::AudioCodec::kDataCount;
  static constexpr std::size_t kParity = fec::AudioCodec::kParityCount;

  std::byte* payload(std::size_t packet) noexcept;
  Bytes finish_data(std::size_t packet) noexcept;
  Bytes finish_parity(std::size_t packet) noexcept;

  const std::uint32_t packet_duration_ms_;
  const std::size_t opus_bytes_;
  const std::size_t payload_bytes_;  // the same, or padded by the cipher
  const std::size_t stride_;
  std::optional<crypto::Aes128Cbc> cipher_;
  std::uint32_t key_id_ = 0;
  fec::AudioCodec codec_;
  std::vector<std::byte> block_;  // slots of `stride_`, each with room for the larger header
  std::array<Bytes, 1 + kParity> leaving_{};
  Bytes newest_;

  std::uint16_t sequence_ = 0;  // of the next data packet
  std::uint32_t timestamp_ms_ = 0;
};

}  // namespace pf::gamestream
