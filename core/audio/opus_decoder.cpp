#include "core/audio/opus_decoder.h"

#include <opus/opus_multistream.h>

#include <algorithm>

#include "core/audio/opus_mapping.h"

namespace pf::audio {

void OpusDecoder::Destroy::operator()(OpusMSDecoder* decoder) const noexcept {
  opus_multistream_decoder_destroy(decoder);
}

Result<OpusDecoder> OpusDecoder::open(const SpeakerLayout& layout) {
  int error = OPUS_OK;
  Handle decoder(opus_multistream_decoder_create(kOpusRateHz, layout.channel_count,
                                                 layout.stream_count, layout.coupled_count,
                                                 kIdentityMapping.data(), &error));
  if (!decoder) {
    return fail(ErrorKind::unavailable, "libopus cannot decode {} channels: {}",
                layout.channel_count, opus_strerror(error));
  }
  return OpusDecoder(std::move(decoder), layout);
}

std::optional<std::size_t> OpusDecoder::run(Bytes packet, std::span<float> interleaved,
                                            bool fec) noexcept {
  const std::size_t room = std::min(interleaved.size() / layout_.channel_count, kMaxPacketSamples);
  if (room == 0) return std::nullopt;
  const int samples = opus_multistream_decode_float(
      decoder_.get(),
      packet.empty() ? nullptr : reinterpret_cast<const unsigned char*>(packet.data()),
      static_cast<opus_int32>(packet.size()), interleaved.data(), static_cast<int>(room),
      fec ? 1 : 0);
  return samples > 0 ? std::optional(static_cast<std::size_t>(samples)) : std::nullopt;
}

std::optional<std::size_t> OpusDecoder::decode(Bytes packet,
                                               std::span<float> interleaved) noexcept {
  return packet.empty() ? std::nullopt : run(packet, interleaved, false);
}

bool OpusDecoder::fill(Bytes packet, std::span<float> interleaved, bool fec) noexcept {
  const auto samples = run(packet, interleaved, fec);
  if (samples && *samples * layout_.channel_count == interleaved.size()) return true;
  std::fill(interleaved.begin(), interleaved.end(), 0.0f);
  return false;
}

bool OpusDecoder::conceal(std::span<float> interleaved) noexcept {
  return fill({}, interleaved, false);
}

bool OpusDecoder::recover(Bytes next, std::span<float> interleaved) noexcept {
  return fill(next, interleaved, true);
}

void OpusDecoder::reset() noexcept {
  opus_multistream_decoder_ctl(decoder_.get(), OPUS_RESET_STATE);
}

}  // namespace pf::audio
