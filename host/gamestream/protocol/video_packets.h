// Makes the datagrams of video frames: packet headers, FEC blocks, parity, encryption
// (docs/protocol/gamestream.md section 9).
//
// A frame is laid out block by block, each as it will travel, so that its data are copied once;
// parity is computed from them after they have left. Parity covers the whole datagram with its
// transport fields (RTP header, fecInfo) zero, as stock clients rebuild it. Send thread only; no
// allocation after construction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/packet_run.h"
#include "core/base/secret.h"
#include "core/crypto/aead.h"
#include "core/fec/gf8_codec.h"
#include "host/gamestream/protocol/video_blocks.h"

namespace pf::gamestream {

// The header's numbers.
enum class FrameKind : std::uint8_t {
  predicted = 1,
  idr = 2,
  intra_refresh_point = 4,
  after_invalidation = 5,  // refers to nothing the client said it has lost
};

struct VideoFrame {
  Bytes access_unit;  // borrowed until next() has answered that there is no more
  FrameKind kind = FrameKind::predicted;
  std::uint32_t timestamp_90khz = 0;         // since the session began
  std::uint16_t host_latency_tenths_ms = 0;  // 0: not known
};

struct VideoPacketParams {
  std::uint16_t packet_size = 1392;  // P as the client announced it: a multiple of 16 in kMin…kMax
  std::uint32_t fec_percent = 20;    // 0 … 255
  std::uint32_t min_parity = 2;
  std::optional<Secret<16>> key;     // encrypts every datagram
  std::uint32_t batch_packets = 40;  // that next() answers at most
};

class VideoPackets {
 public:
  static constexpr std::uint16_t kMinPacketSize = 64;
  static constexpr std::uint16_t kMaxPacketSize = 1424;  // with all headers it fits Ethernet

  explicit VideoPackets(const VideoPacketParams& params);

  // From the next frame on.
  void set_fec_percent(std::uint32_t percent) noexcept { fec_percent_ = percent; }
  void set_min_parity(std::uint32_t packets) noexcept { min_parity_ = packets; }

  // False: the frame has more packets than headers can count; it gets no number, so the client
  // takes it for one that was never made. What was left of the frame before is forgotten.
  bool begin(const VideoFrame& frame) noexcept;

  // The next datagrams in the order of the wire, valid until the following call. None: that was
  // all.
  PacketRun next() noexcept;

  // Of the frame that was begun, parity included.
  std::uint32_t packet_count() const noexcept;

  std::uint16_t datagram_bytes() const noexcept;
  std::uint32_t next_frame_index() const noexcept { return frame_index_ + 1; }
  std::size_t max_frame_bytes() const noexcept;

 private:
  using Memory = std::unique_ptr<std::byte[]>;

  std::size_t shard_bytes() const noexcept { return std::size_t{packet_size_} + 16; }
  std::size_t payload_bytes() const noexcept { return std::size_t{packet_size_} - 16; }
  std::byte* shard(std::uint32_t index) const noexcept {
    return block_.get() + index * shard_bytes();
  }

  void begin_block() noexcept;
  void lay_out(std::uint32_t index) noexcept;
  void copy_payload(std::uint32_t index, std::byte* into) const noexcept;
  void make_parity() noexcept;
  void write_transport_fields(std::uint32_t index) noexcept;
  PacketRun seal(PacketRun run) noexcept;

  const std::uint16_t packet_size_;
  const std::uint32_t batch_packets_;
  std::uint32_t fec_percent_;
  std::uint32_t min_parity_;
  fec::Gf8Codec codec_;
  std::unique_ptr<crypto::Aead> aead_;  // null: not encrypted
  const Memory block_;                  // data, then parity
  const Memory sealed_;                 // one batch; null: not encrypted

  // Over the session; nothing of it ever starts again under the same key.
  std::uint32_t packet_counter_ = 0;  // the RTP sequence and, shifted, streamPacketIndex
  std::uint64_t iv_counter_ = 0;
  std::uint32_t frame_index_ = 0;  // of the frame begun

  VideoFrame frame_;
  std::array<std::byte, 8> frame_header_{};
  std::optional<FrameBlocks> blocks_;
  std::uint32_t block_index_ = 0;
  BlockShape shape_;
  std::uint32_t block_first_packet_ = 0;  // counted in data packets of the frame
  std::uint32_t next_shard_ = 0;          // of the block
};

}  // namespace pf::gamestream
