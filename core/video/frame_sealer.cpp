#include "core/video/frame_sealer.h"

#include <algorithm>

#include "core/base/check.h"

namespace pf::video {

FrameSealer::FrameSealer(crypto::Sealer& sealer, fec::FecCodec& codec, std::uint32_t batch_packets,
                         std::uint16_t stride)
    : sealer_(sealer),
      codec_(codec),
      batch_packets_(batch_packets),
      batch_(std::size_t{batch_packets} * stride) {
  PF_CHECK(batch_packets > 0);
}

void FrameSealer::begin(const PacketisedFrame& frame) noexcept {
  PF_CHECK(std::size_t{batch_packets_} * frame.run.stride <= batch_.size());
  frame_ = frame;
  next_packet_ = 0;
}

PacketRun FrameSealer::next() noexcept {
  const std::uint32_t data_count = frame_.geometry.data_count();
  if (next_packet_ == data_count && frame_.run.count > data_count) write_parity(frame_, codec_);
  // No batch has both: parity must not hold up the last of the data.
  const std::uint32_t end = next_packet_ < data_count ? data_count : frame_.run.count;
  const PacketRun part =
      frame_.run.part(next_packet_, std::min(end - next_packet_, batch_packets_));
  next_packet_ += part.count;
  return sealer_.seal_copy(part, batch_.data());
}

}  // namespace pf::video
