#include "core/audio/opus_encoder.h"

#include <cstring>

#include <opus/opus_multistream.h>

#include "core/audio/opus_mapping.h"

namespace pf::audio {

namespace {

// What libopus gives a stream at most, and what a packet of several spends on saying so.
constexpr std::size_t kMaxStreamBytes = 1275 + 2;
// From here on a constant rate costs nothing.
constexpr std::size_t kLongSamples = 480;
// Of the constant rate: at more, more packets come out too large than what is gained is worth.
constexpr std::uint32_t kFilledPercent = 80;

}  // namespace

void OpusEncoder::Destroy::operator()(OpusMSEncoder* encoder) const noexcept {
  opus_multistream_encoder_destroy(encoder);
}

OpusEncoder::OpusEncoder(Handle encoder, const Parameters& parameters)
    : encoder_(std::move(encoder)),
      layout_(parameters.layout),
      constant_size_(parameters.constant_size),
      bitrate_kbps_(parameters.bitrate_kbps) {
  if (!constant_size_ || layout_.coupled_count == 0) return;
  scratch_.resize(std::size_t{layout_.stream_count} * kMaxStreamBytes);
  before_.resize(static_cast<std::size_t>(
      opus_multistream_encoder_get_size(layout_.stream_count, layout_.coupled_count)));
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
  opus_multistream_encoder_ctl(raw, OPUS_SET_VBR_CONSTRAINT(1));
  if (voice) {
    opus_multistream_encoder_ctl(raw, OPUS_SET_INBAND_FEC(1));
    opus_multistream_encoder_ctl(raw, OPUS_SET_PACKET_LOSS_PERC(5));
  }
  OpusEncoder opened(std::move(encoder), parameters);
  opened.set_steady(parameters.constant_size);
  return opened;
}

Bytes OpusEncoder::encode(std::span<const float> interleaved, MutableBytes room) noexcept {
  const std::size_t samples = interleaved.size() / layout_.channel_count;
  if (samples == 0 || samples * layout_.channel_count != interleaved.size()) return {};
  if (room.empty()) return {};
  if (fills_up(samples)) {
    if (const Bytes filled = encode_filled(interleaved, room); !filled.empty()) return filled;
  }
  return encode_once(interleaved, room);
}

Bytes OpusEncoder::encode_once(std::span<const float> interleaved, MutableBytes room) noexcept {
  const int written = opus_multistream_encode_float(
      encoder_.get(), interleaved.data(),
      static_cast<int>(interleaved.size() / layout_.channel_count),
      reinterpret_cast<unsigned char*>(room.data()), static_cast<opus_int32>(room.size()));
  return written > 0 ? Bytes(room.first(static_cast<std::size_t>(written))) : Bytes();
}

bool OpusEncoder::fills_up(std::size_t sample_count) const noexcept {
  return !scratch_.empty() && sample_count < kLongSamples;
}

// At a constant rate libopus before 1.4 takes a frame of 5 ms for one of a sixteenth of its rate
// when it chooses from which band on both channels of a pair share one sound: from 200 Hz on at
// 96 kbit/s, 1.6 kHz at 512. At a variable rate it goes by the rate. So packets are made so, and
// filled up; one in twenty-five that comes out too large is made anew at the constant rate. The
// signal-to-noise ratio of music rises by 7 dB (stereo, 96 kbit/s), 4 dB (5.1, 256 kbit/s), 6 dB
// (7.1, 450 kbit/s) and 3 dB (stereo, 512 kbit/s).
Bytes OpusEncoder::encode_filled(std::span<const float> interleaved, MutableBytes room) noexcept {
  const std::size_t whole = packet_bytes(interleaved.size() / layout_.channel_count);
  if (whole > room.size() || whole > scratch_.size()) return {};
  // The state is one piece of memory without pointers into itself (opus.h: "a shallow copy is
  // sufficient").
  std::memcpy(before_.data(), encoder_.get(), before_.size());
  set_steady(false);
  const Bytes packet = encode_once(interleaved, scratch_);
  auto* const bytes = reinterpret_cast<unsigned char*>(scratch_.data());
  const bool fits = !packet.empty() && packet.size() <= whole &&
                    (packet.size() == whole ||
                     opus_multistream_packet_pad(bytes, static_cast<opus_int32>(packet.size()),
                                                 static_cast<opus_int32>(whole),
                                                 layout_.stream_count) == OPUS_OK);
  if (!fits) {
    std::memcpy(static_cast<void*>(encoder_.get()), before_.data(), before_.size());
    return {};
  }
  set_steady(true);
  std::memcpy(room.data(), scratch_.data(), whole);
  return room.first(whole);
}

std::size_t OpusEncoder::packet_bytes(std::size_t sample_count) const noexcept {
  return std::size_t{bitrate_kbps_} * sample_count / (kOpusRateHz / 1000) / 8;
}

void OpusEncoder::set_steady(bool steady) noexcept {
  const std::uint32_t share = constant_size_ && !steady ? kFilledPercent : 100;
  opus_multistream_encoder_ctl(encoder_.get(), OPUS_SET_VBR(steady ? 0 : 1));
  opus_multistream_encoder_ctl(
      encoder_.get(), OPUS_SET_BITRATE(static_cast<opus_int32>(bitrate_kbps_ * 10 * share)));
}

void OpusEncoder::set_bitrate_kbps(std::uint32_t bitrate_kbps) noexcept {
  bitrate_kbps_ = bitrate_kbps;
  set_steady(constant_size_);
}

}  // namespace pf::audio
