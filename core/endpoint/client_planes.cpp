#include "core/endpoint/client_planes.h"

#include <algorithm>

#include "core/wire/v1/datagrams.h"

namespace pf::endpoint {
namespace {

// Newer in a counter that wraps: less than half of its range ahead.
bool is_newer(std::uint32_t number, std::uint32_t than) noexcept {
  const std::uint32_t ahead = number - than;
  return ahead != 0 && ahead < std::uint32_t{1} << 31;
}
bool is_newer(std::uint8_t number, std::uint8_t than) noexcept {
  const auto ahead = static_cast<std::uint8_t>(number - than);
  return ahead != 0 && ahead < 128;
}

}  // namespace

void ClientPlanes::on_welcome(const message::Welcome& welcome) {
  audio_codec_ = welcome.audio_codec;
  audio_sample_bytes_ = std::max<std::size_t>(welcome.audio_channels * welcome.audio.bits / 8, 1);
  if (welcome.audio_frame_us > 0) audio_frame_period_ = microseconds(welcome.audio_frame_us);
}

void ClientPlanes::on_datagram(Bytes datagram) {
  if (const auto audio = wire::v1::parse_audio(datagram, audio_frame_period_)) {
    on_audio(*audio);
  } else if (const auto rumble = wire::v1::parse_rumble(datagram)) {
    on_rumble(*rumble);
  } else if (auto output = wire::v1::parse_hid_output(datagram)) {
    hid_outputs_.put(*std::move(output));
  } else if (const auto metadata = wire::v1::parse_hdr_datagram(datagram)) {
    hdr_metadata_.put(*metadata);
  }
}

void ClientPlanes::on_audio(const message::AudioDatagram& audio) {
  if (audio.codec != audio_codec_) return;
  if (audio.codec == message::AudioCodec::pcm &&
      audio.frame.bytes.size() % audio_sample_bytes_ != 0) {
    return;
  }
  if (audio.previous) put_audio(*audio.previous);
  put_audio(audio.frame);
}

void ClientPlanes::put_audio(const message::AudioFrame& frame) {
  if (newest_audio_ && !is_newer(frame.sequence, *newest_audio_)) return;
  newest_audio_ = frame.sequence;
  audio_.put({.sequence = frame.sequence,
              .pts = frame.pts,
              .bytes = {frame.bytes.begin(), frame.bytes.end()}});
  audio_.drop_while([&](const AudioPacket& oldest) { return oldest.pts + kMaxAudio < frame.pts; });
}

void ClientPlanes::on_rumble(const message::Rumble& rumble) {
  auto& newest = newest_rumble_[rumble.pad];
  if (rumble.lease) {
    if (newest && !is_newer(rumble.lease->sequence, *newest)) return;
    newest = rumble.lease->sequence;
  }
  rumbles_.put(rumble);
}

void ClientPlanes::end() noexcept {
  host_timings_.end();
  audio_.end();
  rumbles_.end();
  hid_outputs_.end();
  hdr_metadata_.end();
}

}  // namespace pf::endpoint
