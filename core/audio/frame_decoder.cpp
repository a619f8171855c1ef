#include "core/audio/frame_decoder.h"

#include <algorithm>

#include "core/audio/opus_decoder.h"
#include "core/audio/pcm_decoder.h"

namespace pf::audio {
namespace {

constexpr std::uint32_t kOpusFrameUs = 5'000;

class OpusFrames final : public FrameDecoder {
 public:
  explicit OpusFrames(OpusDecoder decoder) : decoder_(std::move(decoder)) {}

  std::size_t decode(Bytes packet, std::span<float> interleaved) noexcept override {
    return decoder_.decode(packet, interleaved).value_or(0);
  }
  void conceal(std::span<float> interleaved) noexcept override {
    (void)decoder_.conceal(interleaved);  // else it is silent
  }

 private:
  OpusDecoder decoder_;
};
static_assert(FrameDecoder::kMaxSamples >= OpusDecoder::kMaxPacketSamples);

}  // namespace

StreamFormat format_of(const message::Welcome& welcome) noexcept {
  const bool pcm = welcome.audio_codec == message::AudioCodec::pcm;
  const std::uint32_t rate_hz = pcm ? welcome.audio.rate_hz : kOpusRateHz;
  const std::uint64_t frame_us =
      pcm && welcome.audio_frame_us > 0 ? welcome.audio_frame_us : kOpusFrameUs;
  const std::uint64_t samples = rate_hz * frame_us / 1'000'000;
  return {.rate_hz = rate_hz,
          .channel_count = welcome.audio_channels,
          .frame_samples = static_cast<std::uint32_t>(
              std::clamp<std::uint64_t>(samples, 1, FrameDecoder::kMaxSamples))};
}

Result<std::unique_ptr<FrameDecoder>> open_frame_decoder(const message::Welcome& welcome) {
  const StreamFormat format = format_of(welcome);
  if (welcome.audio_codec == message::AudioCodec::pcm)
    return std::make_unique<PcmDecoder>(format, welcome.audio.bits);
  const auto layout = layout_of(welcome.audio_channels);
  if (!layout) {
    return fail(ErrorKind::unavailable, "the host sends {} channels: no such layout is known",
                welcome.audio_channels);
  }
  PF_TRY(auto decoder, OpusDecoder::open(*layout));
  return std::make_unique<OpusFrames>(std::move(decoder));
}

}  // namespace pf::audio
