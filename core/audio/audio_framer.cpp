#include "core/audio/audio_framer.h"

#include <algorithm>

#include "core/message/datagram.h"
#include "core/wire/v1/datagrams.h"

namespace pf::audio {
namespace {

static_assert(AudioFramer::kMaxFrameBytes ==
              kMaxAudioDatagramBytes - wire::v1::kRedundantAudioHeaderBytes);

// By how much the stamp of a repeated frame may be off: a clock being steered is within it.
constexpr Nanos kStampTolerance = milliseconds(1);

}  // namespace

Bytes AudioFramer::frame(Bytes payload, WireTime pts) noexcept {
  if (payload.size() > kMaxFrameBytes) return {};
  message::AudioDatagram datagram{
      .codec = parameters_.codec,
      .frame = {.sequence = next_sequence_, .pts = pts, .bytes = payload},
      .previous = std::nullopt};
  const bool redundant = parameters_.redundant && parameters_.codec == message::AudioCodec::opus;
  if (redundant) datagram.previous = message::AudioFrame{.bytes = repeated(payload, pts)};
  const Bytes written = wire::v1::write_audio(datagram, room_);
  ++next_sequence_;
  if (redundant) {
    std::copy(payload.begin(), payload.end(), previous_.room.begin());
    previous_.bytes = payload.size();
    previous_.pts = pts;
  }
  return written;
}

Bytes AudioFramer::repeated(Bytes payload, WireTime pts) const noexcept {
  const Nanos off = pts - previous_.pts - parameters_.frame_period;
  if (off > kStampTolerance || off < -kStampTolerance) return {};
  if (payload.size() + previous_.bytes > kMaxFrameBytes) return {};
  return Bytes(previous_.room).first(previous_.bytes);
}

}  // namespace pf::audio
