#include "core/audio/packet_decoder.h"

#include <algorithm>
#include <utility>

namespace pf::audio {

PacketDecoder::PacketDecoder(const StreamFormat& format, std::unique_ptr<FrameDecoder> decoder)
    : format_(format),
      most_made_up_(std::max<std::uint32_t>(
          static_cast<std::uint32_t>(kMaxMadeUp / format.span(format.frame_samples)), 1)),
      decoder_(std::move(decoder)),
      samples_((most_made_up_ * std::size_t{format.frame_samples} + FrameDecoder::kMaxSamples) *
               format.channel_count) {}

std::span<const float> PacketDecoder::decode(const JitterBuffer::Packet& packet) noexcept {
  used_ = 0;
  for (std::uint32_t left = to_make_up(packet.sequence); left > 0; --left) put_concealed();
  newest_ = packet.sequence;
  concealed_ahead_ = 0;
  const std::size_t frames =
      packet.bytes.empty() ? 0 : decoder_->decode(packet.bytes, std::span(samples_).subspan(used_));
  if (frames > 0) {
    used_ += frames * format_.channel_count;
  } else {
    put_concealed();
  }
  return std::span(samples_).first(used_);
}

std::span<const float> PacketDecoder::conceal() noexcept {
  used_ = 0;
  if (!newest_) return {};
  ++concealed_ahead_;
  put_concealed();
  return std::span(samples_).first(used_);
}

// Packets come in order: a number that is not ahead belongs to another count.
std::uint32_t PacketDecoder::to_make_up(std::uint32_t sequence) noexcept {
  const std::uint32_t missing = newest_ ? sequence - *newest_ - 1 : 0;
  if (missing >= JitterBuffer::kMaxPackets) return 0;
  return std::min(missing - std::min(missing, concealed_ahead_), most_made_up_);
}

void PacketDecoder::put_concealed() noexcept {
  const std::size_t count = std::size_t{format_.frame_samples} * format_.channel_count;
  decoder_->conceal(std::span(samples_).subspan(used_, count));
  used_ += count;
}

}  // namespace pf::audio
