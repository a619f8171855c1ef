// Both ends of a frame's way, as the benches drive them: packets of 1472 bytes, AES-128-GCM.
#pragma once

#include <cstdlib>
#include <optional>

#include "core/crypto/sealer.h"
#include "core/fec/gf16_codec.h"
#include "core/video/frame_sealer.h"
#include "core/video/packetiser.h"
#include "core/video/reassembler.h"
#include "core/wire/v1/packet_header.h"

namespace pf::video {

inline crypto::KeySource test_keys() {
  return crypto::KeySource::from({}, crypto::Direction::host_to_client);
}

class HostSide {
 public:
  static constexpr std::uint32_t kBatchPackets = 44;  // of one segmentation batch
  static constexpr std::uint16_t kStride = 1472;

  // Of the access unit: as an embedder hands it over, or as the host's encoder gives it.
  enum class Way : std::uint8_t { borrowed, copied };

  explicit HostSide(std::uint8_t percent, Way way = Way::borrowed)
      : percent_(percent),
        way_(way),
        packetiser_({.max_frame_bytes = 8 << 20, .rules = {.agreed_percent = percent}}, arena_) {}

  FramePiece lay_out(Bytes access_unit) {
    const FrameId id{frames_++};
    const WireTime pts(milliseconds(value(id)));
    const Packetiser::FrameInfo info{.id = id, .pts = pts, .flags = 1};
    if (way_ == Way::borrowed) {
      const auto frame = packetiser_.borrow(info, percent_, access_unit);
      if (!frame) std::abort();
      return *frame;
    }
    if (!packetiser_.begin(info, percent_) || !packetiser_.add(access_unit)) std::abort();
    return packetiser_.finish();
  }
  // Lays the frame out and hands every sealed batch to `send`.
  template <typename Send>
  void send_frame(Bytes access_unit, Send&& send) {
    batches_.begin(lay_out(access_unit));
    for (PacketRun batch = batches_.next(); batch.count > 0; batch = batches_.next()) send(batch);
    sent();
  }
  void sent() { arena_.release_oldest(); }

 private:
  const message::PacketFormat& format_ = wire::v1::sealed_packets();
  const std::uint8_t percent_;
  const Way way_;
  PacketArena arena_{std::size_t{32} << 20};
  Packetiser packetiser_;
  fec::Gf16Codec codec_{{4096, 3687}};
  crypto::Sealer sealer_{test_keys(), format_};
  FrameSealer batches_{format_, &sealer_, codec_, {.batch_packets = kBatchPackets}};
  std::uint64_t frames_ = 0;
};

class ClientSide {
 public:
  void take(MutableBytes datagram) {
    const auto packet = opener_.open(datagram);
    if (!packet) std::abort();
    if (auto frame = reassembler_.push(*packet, LocalTime{})) reassembler_.release(*frame);
  }
  std::uint64_t delivered() const { return reassembler_.counters().frames_delivered; }

 private:
  const message::PacketFormat& format_ = wire::v1::sealed_packets();
  fec::Gf16Codec codec_{{4096, 3687}};
  crypto::Opener opener_{test_keys(), format_};
  Reassembler reassembler_{
      format_, {.max_shard_count = wire::v1::max_shards_per_block(4096, 1)}, codec_};
};

}  // namespace pf::video
