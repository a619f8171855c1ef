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

void ClientPlanes::on_datagram(Bytes datagram, LocalTime now) {
  if (const auto audio = wire::v1::parse_audio(datagram, audio_frame_period_)) {
    on_audio(*audio, now);
  } else if (const auto rumble = wire::v1::parse_rumble(datagram)) {
    on_rumble(*rumble);
  } else if (const auto pad_audio = wire::v1::parse_pad_audio(datagram)) {
    on_pad_audio(*pad_audio);
  } else if (auto output = wire::v1::parse_hid_output(datagram)) {
    hid_outputs_.put(*std::move(output));
  } else if (const auto metadata = wire::v1::parse_hdr_datagram(datagram)) {
    hdr_metadata_.put(*metadata);
  }
}

void ClientPlanes::on_audio(const message::AudioDatagram& audio, LocalTime now) {
  if (audio.codec != audio_codec_) return;
  if (audio.codec == message::AudioCodec::pcm &&
      audio.frame.bytes.size() % audio_sample_bytes_ != 0) {
    return;
  }
  if (audio.previous) put_audio(*audio.previous, now);
  put_audio(audio.frame, now);
}

void ClientPlanes::put_audio(const message::AudioFrame& frame, LocalTime now) {
  if (seen(frame.sequence)) return;
  audio_.put({.sequence = frame.sequence,
              .pts = frame.pts,
              .arrived_at = now,
              .bytes = {frame.bytes.begin(), frame.bytes.end()}});
  audio_.drop_while([&](const AudioPacket& oldest) { return oldest.pts + kMaxAudio < frame.pts; });
}

// Far from the newest, either way, the host counts anew.
bool ClientPlanes::seen(std::uint32_t sequence) noexcept {
  const std::uint32_t ahead = newest_audio_ ? sequence - *newest_audio_ : kRecentAudio;
  const std::uint32_t behind = ~ahead + 1;
  if (behind < kRecentAudio) {
    const std::uint64_t bit = std::uint64_t{1} << behind;
    const bool known = (recent_audio_ & bit) != 0;
    recent_audio_ |= bit;
    return known;
  }
  recent_audio_ = ahead < kRecentAudio ? recent_audio_ << ahead | 1 : 1;
  newest_audio_ = sequence;
  return false;
}

PlaneQueue<AudioPacket>::Pulled ClientPlanes::next_audio(Nanos patience) {
  const LocalTime until = clock_.now() + patience;
  for (;;) {
    auto packet = audio_.pull(std::max(until - clock_.now(), Nanos(0)), clock_);
    if (!packet || !*packet) return packet;
    if (newest_pulled_audio_ && !is_newer((*packet)->sequence, *newest_pulled_audio_)) continue;
    newest_pulled_audio_ = (*packet)->sequence;
    return packet;
  }
}

void ClientPlanes::on_rumble(const message::Rumble& rumble) {
  auto& newest = newest_rumble_[rumble.pad];
  if (rumble.lease) {
    if (newest && !is_newer(rumble.lease->sequence, *newest)) return;
    newest = rumble.lease->sequence;
  }
  rumbles_.put(rumble);
}

void ClientPlanes::on_pad_audio(const message::PadAudio& audio) {
  auto& newest =
      newest_pad_audio_[std::size_t{2} * audio.pad + static_cast<std::size_t>(audio.kind)];
  if (newest && !is_newer(audio.sequence, *newest)) return;
  newest = audio.sequence;
  pad_audio_.put({.pad = audio.pad,
                  .kind = audio.kind,
                  .sequence = audio.sequence,
                  .pts = audio.pts,
                  .opus = {audio.opus.begin(), audio.opus.end()}});
}

void ClientPlanes::end() noexcept {
  host_timings_.end();
  audio_.end();
  rumbles_.end();
  pad_audio_.end();
  hid_outputs_.end();
  hdr_metadata_.end();
}

}  // namespace pf::endpoint
