#include "core/audio/opus_encoder.h"

#include <opus/opus_multistream.h>

#include "core/audio/opus_mapping.h"

namespace pf::audio {

void OpusEncoder::Destroy::operator()(OpusMSEncoder* encoder) const noexcept {
  opus_multistream_encoder_destroy(encoder);
}

// One stream of a multistream is byte for byte a plain Opus packet, so stereo needs no way of its
// own.
Result<OpusEncoder> OpusEncoder::open(const Parameters& parameters) {
  const SpeakerLayout& layout = parameters.layout;
  const bool voice = parameters.use == Use::voice;
  int error = OPUS_OK;
  Handle encoder(opus_multistream_encoder_create(
      kOpusRateHz, layout.channel_count, layout.stream_count, layout.coupled_count,
      kIdentityMapping.data(), voice ? OPUS_APPLICATION_VOIP : OPUS_APPLICATION_RESTRICTED_LOWDELAY,
      &error));
  if (!encoder) {
    return fail(ErrorKind::unavailable, "libopus cannot encode {} channels: {}",
                layout.channel_count, opus_strerror(error));
  }
  OpusMSEncoder* const raw = encoder.get();
  opus_multistream_encoder_ctl(raw, OPUS_SET_VBR(parameters.constant_size ? 0 : 1));
  opus_multistream_encoder_ctl(raw, OPUS_SET_VBR_CONSTRAINT(1));
  if (voice) {
    opus_multistream_encoder_ctl(raw, OPUS_SET_INBAND_FEC(1));
    opus_multistream_encoder_ctl(raw, OPUS_SET_PACKET_LOSS_PERC(5));
  }
  OpusEncoder opened(std::move(encoder), layout);
  opened.set_bitrate_kbps(parameters.bitrate_kbps);
  return opened;
}

Bytes OpusEncoder::encode(std::span<const float> interleaved, MutableBytes room) noexcept {
  const std::size_t samples = interleaved.size() / layout_.channel_count;
  if (samples == 0 || samples * layout_.channel_count != interleaved.size()) return {};
  if (room.empty()) return {};
  const int written = opus_multistream_encode_float(
      encoder_.get(), interleaved.data(), static_cast<int>(samples),
      reinterpret_cast<unsigned char*>(room.data()), static_cast<opus_int32>(room.size()));
  return written > 0 ? Bytes(room.first(static_cast<std::size_t>(written))) : Bytes();
}

void OpusEncoder::set_bitrate_kbps(std::uint32_t bitrate_kbps) noexcept {
  opus_multistream_encoder_ctl(encoder_.get(),
                               OPUS_SET_BITRATE(static_cast<opus_int32>(bitrate_kbps * 1000)));
}

}  // namespace pf::audio
