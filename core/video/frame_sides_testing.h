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

  explicit HostSide(std::uint8_t percent)
      : percent_(percent),
        packetiser_(
            {.format = &format_, .max_frame_bytes = 8 << 20, .rules = {.agreed_percent = percent}},
            arena_) {}

  PacketisedFrame lay_out(Bytes access_unit) {
    if (!packetiser_.begin(percent_) || !packetiser_.add(access_unit)) std::abort();
    const FrameId id{frames_++};
    return packetiser_.finish({.id = id, .pts = WireTime(milliseconds(value(id))), .flags = 1});
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
  PacketArena arena_{std::size_t{32} << 20};
  Packetiser packetiser_;
  fec::Gf16Codec codec_{{4096, 3687}};
  crypto::Sealer sealer_{test_keys(), format_};
  FrameSealer batches_{sealer_, codec_, kBatchPackets, kStride};
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
