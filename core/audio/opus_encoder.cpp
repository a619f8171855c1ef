#include "core/audio/opus_encoder.h"

#include <array>
#include <cstring>

#include <opus/opus_multistream.h>

#include "core/audio/opus_mapping.h"

namespace pf::audio {
namespace {

// What libopus gives a stream at most, and what a packet of several spends on saying so.
constexpr std::size_t kMaxStreamBytes = 1275 + 2;
// From here on a constant rate costs nothing.
constexpr std::size_t kLongSamples = 480;
// Of the constant rate, one after the other until a packet fits. At more than the first, more
// packets come out too large than what is gained is worth.
constexpr std::array<std::uint32_t, 3> kFilledPercents{80, 68, 58};
constexpr std::uint32_t kConstantRate = 0;

// An encoder of several streams asks how large its parts are at every call, for which libopus asks
// the processor what it can do, four times. On a virtual machine that is four ways out to its host:
// a stereo packet took 55 us and takes 28. One stream of a multistream is byte for byte a plain
// packet.
void* create(const SpeakerLayout& layout, int application, int& error) {
  if (layout.stream_count == 1)
    return opus_encoder_create(kOpusRateHz, layout.channel_count, application, &error);
  return opus_multistream_encoder_create(kOpusRateHz, layout.channel_count, layout.stream_count,
                                         layout.coupled_count, kIdentityMapping.data(), application,
                                         &error);
}

std::size_t state_bytes(const SpeakerLayout& layout) {
  const int bytes = layout.stream_count == 1 ? opus_encoder_get_size(layout.channel_count)
                                             : opus_multistream_encoder_get_size(
                                                   layout.stream_count, layout.coupled_count);
  return static_cast<std::size_t>(bytes);
}

}  // namespace

void OpusEncoder::Destroy::operator()(void* encoder) const noexcept {
  if (single) {
    opus_encoder_destroy(static_cast<::OpusEncoder*>(encoder));
  } else {
    opus_multistream_encoder_destroy(static_cast<OpusMSEncoder*>(encoder));
  }
}

OpusEncoder::OpusEncoder(Handle encoder, const Parameters& parameters)
    : encoder_(std::move(encoder)),
      layout_(parameters.layout),
      constant_size_(parameters.constant_size),
      bitrate_kbps_(parameters.bitrate_kbps),
      variable_percent_(parameters.constant_size ? kConstantRate : 100) {
  if (!constant_size_ || layout_.coupled_count == 0) return;
  scratch_.resize(std::size_t{layout_.stream_count} * kMaxStreamBytes);
  before_.resize(state_bytes(layout_));
}

Result<OpusEncoder> OpusEncoder::open(const Parameters& parameters) {
  const SpeakerLayout& layout = parameters.layout;
  const bool voice = parameters.use == Use::voice;
  int error = OPUS_OK;
  Handle encoder(
      create(layout, voice ? OPUS_APPLICATION_VOIP : OPUS_APPLICATION_RESTRICTED_LOWDELAY, error),
      Destroy{layout.stream_count == 1});
  if (!encoder) {
    return fail(ErrorKind::unavailable, "libopus cannot encode {} channels: {}",
                layout.channel_count, opus_strerror(error));
  }
  OpusEncoder opened(std::move(encoder), parameters);
  opened.control(OPUS_SET_VBR_CONSTRAINT(1));
  if (voice) {
    opened.control(OPUS_SET_INBAND_FEC(1));
    opened.control(OPUS_SET_PACKET_LOSS_PERC(5));
  }
  opened.apply_rate();
  return opened;
}

template <class... Arguments>
void OpusEncoder::control(Arguments... arguments) noexcept {
  if (encoder_.get_deleter().single) {
    opus_encoder_ctl(static_cast<::OpusEncoder*>(encoder_.get()), arguments...);
  } else {
    opus_multistream_encoder_ctl(static_cast<OpusMSEncoder*>(encoder_.get()), arguments...);
  }
}

Bytes OpusEncoder::encode(std::span<const float> interleaved, MutableBytes room) noexcept {
  const std::size_t samples = interleaved.size() / layout_.channel_count;
  if (samples == 0 || samples * layout_.channel_count != interleaved.size()) return {};
  if (room.empty()) return {};
  if (gains_by_filling(samples)) {
    if (const Bytes filled = encode_filled(interleaved, room); !filled.empty()) return filled;
  }
  hold_rate(constant_size_ ? kConstantRate : 100);
  return encode_once(interleaved, room);
}

Bytes OpusEncoder::encode_once(std::span<const float> interleaved, MutableBytes room) noexcept {
  const auto samples = static_cast<int>(interleaved.size() / layout_.channel_count);
  auto* const bytes = reinterpret_cast<unsigned char*>(room.data());
  const auto room_bytes = static_cast<opus_int32>(room.size());
  const int written =
      encoder_.get_deleter().single
          ? opus_encode_float(static_cast<::OpusEncoder*>(encoder_.get()), interleaved.data(),
                              samples, bytes, room_bytes)
          : opus_multistream_encode_float(static_cast<OpusMSEncoder*>(encoder_.get()),
                                          interleaved.data(), samples, bytes, room_bytes);
  return written > 0 ? Bytes(room.first(static_cast<std::size_t>(written))) : Bytes();
}

bool OpusEncoder::gains_by_filling(std::size_t sample_count) const noexcept {
  return !scratch_.empty() && sample_count < kLongSamples;
}

// At a constant rate libopus before 1.4 takes a frame of 5 ms for one of a sixteenth of its rate
// when it chooses from which band on both channels of a pair share one sound: from 200 Hz on at
// 96 kbit/s, 1.6 kHz at 512. At a variable rate it goes by the rate. So packets are made so, and
// filled up. One in fifty comes out too large and is made anew at a lower rate; hardly one does so
// at all of them and has the constant rate. It may not have it at once: what a steady sound may
// borrow at a variable rate is used up by a packet that leaves only, so all of them would.
//
// A tone on each of the channels of 5.1 (384 kbit/s), 7.1 (450) and stereo (128) is by these means
// at least 24 000, 1600 and 3 800 000 times as strong as what lies beside it; of libopus alone 13,
// 13 and 118. The signal-to-noise ratio of music rises by 3 to 7 dB.
Bytes OpusEncoder::encode_filled(std::span<const float> interleaved, MutableBytes room) noexcept {
  const std::size_t whole = packet_bytes(interleaved.size() / layout_.channel_count);
  if (whole > room.size() || whole > scratch_.size()) return {};
  hold_rate(kFilledPercents.front());
  // The state is one piece of memory without pointers into itself (opus.h: "only a shallow copy is
  // sufficient").
  std::memcpy(before_.data(), encoder_.get(), before_.size());
  auto* const bytes = reinterpret_cast<unsigned char*>(scratch_.data());
  for (const std::uint32_t percent : kFilledPercents) {
    hold_rate(percent);
    const Bytes packet = encode_once(interleaved, scratch_);
    if (!packet.empty() && packet.size() <= whole && fill({bytes, whole}, packet.size())) {
      std::memcpy(room.data(), scratch_.data(), whole);
      return room.first(whole);
    }
    std::memcpy(encoder_.get(), before_.data(), before_.size());
    variable_percent_ = kFilledPercents.front();  // which is part of the state
  }
  return {};
}

bool OpusEncoder::fill(std::span<unsigned char> packet, std::size_t used) const noexcept {
  if (used == packet.size()) return true;
  const auto from = static_cast<opus_int32>(used), to = static_cast<opus_int32>(packet.size());
  const int error = layout_.stream_count == 1 ? opus_packet_pad(packet.data(), from, to)
                                              : opus_multistream_packet_pad(packet.data(), from, to,
                                                                            layout_.stream_count);
  return error == OPUS_OK;
}

std::size_t OpusEncoder::packet_bytes(std::size_t sample_count) const noexcept {
  return std::size_t{bitrate_kbps_} * sample_count / (kOpusRateHz / 1000) / 8;
}

void OpusEncoder::hold_rate(std::uint32_t variable_percent) noexcept {
  if (variable_percent == variable_percent_) return;
  variable_percent_ = variable_percent;
  apply_rate();
}

void OpusEncoder::apply_rate() noexcept {
  const bool constant = variable_percent_ == kConstantRate;
  const std::uint32_t percent = constant ? 100 : variable_percent_;
  control(OPUS_SET_VBR(constant ? 0 : 1));
  control(OPUS_SET_BITRATE(static_cast<opus_int32>(bitrate_kbps_ * 10 * percent)));
}

void OpusEncoder::set_bitrate_kbps(std::uint32_t bitrate_kbps) noexcept {
  bitrate_kbps_ = bitrate_kbps;
  apply_rate();
}

}  // namespace pf::audio
