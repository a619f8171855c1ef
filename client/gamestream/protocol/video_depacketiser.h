// Datagrams of the video stream → access units: FEC blocks in their order, recovery, and what the
// host is to be told about losses (docs/protocol/gamestream.md section 9). Pure; one thread.
//
// As strict as stock clients, and of their habits: one block is worked on at a time, so a packet of
// a later block or frame ends it; frames are counted from 1 without a gap; a key frame is known by
// its bit stream and only if the IDR slice begins in the first packet; a loss is mended by a key
// frame, or by a frame that says it refers to nothing lost where the host can make one.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "client/gamestream/protocol/control.h"
#include "core/base/bytes.h"
#include "core/base/time.h"
#include "core/fec/gf8_codec.h"

namespace pf::gamestream_client {

enum class FrameKind : std::uint8_t {
  predicted = 1,
  idr = 2,
  intra_refresh_point = 4,
  after_invalidation = 5,
};

struct VideoFrame {
  std::uint32_t index = 0;
  FrameKind kind = FrameKind::predicted;
  bool key = false;  // by its bit stream
  std::uint32_t timestamp_90khz = 0;
  std::uint16_t host_latency_tenths_ms = 0;  // 0: not known
  LocalTime first_received;
  LocalTime received;
  std::vector<std::byte> access_unit;
};

// Wishes that the host is to be told.
struct WantIdr {};
struct WantInvalidation {
  std::uint32_t first = 0, last = 0;  // frame indices
};
using VideoWish = std::variant<WantIdr, WantInvalidation, FecStatus>;

struct VideoCounts {
  std::uint64_t packets = 0;
  std::uint64_t rejected = 0;  // no packet of a stream, or it contradicts its block
  std::uint64_t late = 0;      // data of a block that is done with
  std::uint64_t duplicates = 0;
  std::uint64_t parity = 0;           // packets, needed or not
  std::uint64_t recovered = 0;        // data packets computed from parity
  std::uint64_t repaired_frames = 0;  // that needed any
  std::uint64_t frames = 0;           // whole
  std::uint64_t multi_block_frames = 0;
  std::uint64_t lost_frames = 0;      // never whole, or never seen
  std::uint64_t corrupt_frames = 0;   // whole, but of wrong content; they are lost too
  std::uint64_t withheld_frames = 0;  // whole, but they refer to a lost one
  std::uint64_t key_frames = 0;
  std::uint64_t idr_requests = 0;
  std::uint64_t invalidations = 0;
};

class VideoDepacketiser {
 public:
  static constexpr std::uint16_t kMinPacketSize = 64;
  static constexpr std::uint16_t kMaxPacketSize = 1456;  // of a datagram on Ethernet, less headers

  // `packet_size` as announced, kMin… to kMax….
  VideoDepacketiser(std::uint16_t packet_size, bool invalidates_references);

  // One datagram, decrypted. The frame that it completed, if it may be decoded.
  std::optional<VideoFrame> take(Bytes datagram, LocalTime now);

  // The next thing to tell the host; empty: nothing.
  std::optional<VideoWish> next_wish();

  const VideoCounts& counts() const noexcept { return counts_; }

 private:
  // A block has at most 1023 packets without parity, 255 with.
  static constexpr std::uint32_t kMaxShards = 1023;
  static constexpr std::uint32_t kMaxBlocks = 4;
  static constexpr std::uint32_t kFramesBeforeAsking = 120;
  static constexpr std::size_t kMaxWishes = 64;  // a host that answers none gets no more

  struct Header {
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    std::uint32_t frame_index = 0;
    std::uint8_t block_index = 0, last_block = 0;
    std::uint16_t data_count = 0, shard_index = 0;
    std::uint8_t fec_percent = 0;
  };
  struct Block {
    bool begun = false;
    Header shape;  // of its first packet
    std::uint16_t first_sequence = 0, highest_sequence = 0;
    std::uint16_t data_count = 0, parity_count = 0;
    std::uint16_t received_data = 0, received_parity = 0;
  };

  std::optional<Header> parse(Bytes datagram) const noexcept;
  bool is_late(const Header& header) const noexcept;
  bool advance_to(const Header& header);
  bool begin_block(const Header& header);
  bool fits_block(const Header& header) const noexcept;
  void store(const Header& header, Bytes datagram) noexcept;
  std::optional<VideoFrame> finish_block(LocalTime now);
  bool recover_block();
  bool append_block();
  std::optional<VideoFrame> finish_frame(LocalTime now);
  bool read_frame(VideoFrame& frame, std::size_t packet_count) const;
  bool may_be_decoded(const VideoFrame& frame);

  void lose_frames(std::uint32_t first, std::uint32_t last);
  void lose_current();
  void begin_frame(std::uint32_t index);
  FecStatus status_of_block() const noexcept;
  void wish(VideoWish wish);
  void ask_for_idr();

  std::byte* shard(std::uint32_t index) const noexcept { return shards_.get() + index * stride_; }

  const std::size_t shard_bytes_, payload_bytes_;
  const std::size_t stride_;
  const bool invalidates_references_;
  fec::Gf8Codec codec_;
  const std::unique_ptr<std::byte[]> shards_;
  std::array<std::uint8_t, kMaxShards> present_{};

  std::uint32_t frame_index_ = 1;      // of the frame that is coming
  std::uint16_t oldest_sequence_ = 0;  // what is before it comes too late
  std::uint8_t next_block_ = 0;
  std::uint8_t last_block_ = 0;  // of this frame, once begun
  bool frame_begun_ = false;
  bool frame_repaired_ = false;
  std::uint32_t frame_timestamp_ = 0;
  LocalTime frame_first_received_;
  std::vector<std::byte> frame_payload_;
  Block block_;

  bool needs_key_ = true;      // the next frame shown must be one
  bool asked_for_key_ = true;  // the start of a stream asks by itself
  std::uint32_t withheld_in_row_ = 0;
  std::optional<WantInvalidation> invalid_;  // until a frame without these comes
  std::deque<VideoWish> wishes_;
  VideoCounts counts_;
};

}  // namespace pf::gamestream_client
