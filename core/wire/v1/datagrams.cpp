#include "core/wire/v1/datagrams.h"

#include <algorithm>
#include <array>

#include "core/wire/v1/handshake.h"

namespace pf::wire::v1 {
namespace {

constexpr std::uint8_t kHostTimingTag = 0xCF;
constexpr std::size_t kHostTimingMaxBytes = 29;
constexpr std::uint8_t kOpusTag = 0xC9, kRedundantOpusTag = 0xD2, kPcmTag = 0xD3;
constexpr std::uint8_t kRumbleTag = 0xCA, kPadAudioTag = 0xD1, kHidOutputTag = 0xCD, kHdrTag = 0xCE;

WireTime wire_time(ByteReader& in) noexcept {
  return WireTime(Nanos(static_cast<std::int64_t>(in.little<std::uint64_t>())));
}

std::vector<std::byte> at_most(Bytes bytes, std::size_t most) {
  const Bytes kept = bytes.first(std::min(bytes.size(), most));
  return {kept.begin(), kept.end()};
}

// By the second byte. A list in braces is read from left to right.
std::optional<message::HidOutput> hid_output(std::uint8_t kind, ByteReader& in) {
  const auto byte = [&] { return in.little<std::uint8_t>(); };
  const auto word = [&] { return in.little<std::uint16_t>(); };
  switch (kind) {
    case 1:
      return message::PadLight{.pad = byte(), .red = byte(), .green = byte(), .blue = byte()};
    case 2:
      return message::PlayerLights{.pad = byte(), .lights = byte()};
    case 3: {
      message::TriggerEffect effect{.pad = byte(), .which = byte(), .effect = {}};
      effect.effect = at_most(in.rest(), message::kMaxTriggerEffectBytes);
      if (effect.effect.empty()) return std::nullopt;
      return effect;
    }
    case 4:
      return message::TrackpadHaptic{
          .pad = byte(), .side = byte(), .amplitude = word(), .period = word(), .count = word()};
    case 5: {
      message::RawHidReport raw{.pad = byte(), .kind = byte(), .report = {}};
      raw.report = at_most(in.rest(), message::kMaxHidReportBytes);
      if (raw.report.empty()) return std::nullopt;
      return raw;
    }
    case 6: {
      message::PadAudioControl control{.pad = word(), .flags = byte(), .block = {}};
      const Bytes block = in.take(control.block.size());
      std::copy(block.begin(), block.end(), control.block.begin());
      if (control.pad >= message::kMaxPads) return std::nullopt;
      return control;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<message::HostTiming> parse_host_timing(Bytes datagram) noexcept {
  ByteReader in(datagram);
  if (in.little<std::uint8_t>() != kHostTimingTag) return std::nullopt;
  message::HostTiming timing;
  timing.pts = WireTime(Nanos(static_cast<std::int64_t>(in.little<std::uint64_t>())));
  timing.host_us = in.little<std::uint32_t>();
  if (!in.ok()) return std::nullopt;
  if (in.remaining() >= 12) {
    message::HostTiming::Stages stages;
    stages.queue_us = in.little<std::uint32_t>();
    stages.encode_us = in.little<std::uint32_t>();
    stages.pace_us = in.little<std::uint32_t>();
    timing.stages = stages;
    if (in.remaining() >= 4) timing.applied_phase_ns = in.little<std::int32_t>();
  }
  return timing;
}

std::vector<std::byte> write_host_timing(const message::HostTiming& timing) {
  std::array<std::byte, kHostTimingMaxBytes> room;
  ByteWriter out(room);
  out.little(kHostTimingTag);
  out.little(static_cast<std::uint64_t>(timing.pts.ns()));
  out.little(timing.host_us);
  if (timing.stages) {
    out.little(timing.stages->queue_us);
    out.little(timing.stages->encode_us);
    out.little(timing.stages->pace_us);
    if (timing.applied_phase_ns) out.little(*timing.applied_phase_ns);
  }
  return {out.written().begin(), out.written().end()};
}

namespace {

// Any 64 bits may stand for a time here: it wraps as the field does.
WireTime earlier(WireTime at, Nanos by) noexcept {
  const auto wrapped = static_cast<std::uint64_t>(at.ns()) - static_cast<std::uint64_t>(by.count());
  return WireTime(Nanos(static_cast<std::int64_t>(wrapped)));
}

}  // namespace

std::optional<message::AudioDatagram> parse_audio(Bytes datagram, Nanos frame_period) noexcept {
  ByteReader in(datagram);
  const auto tag = in.little<std::uint8_t>();
  if (tag != kOpusTag && tag != kRedundantOpusTag && tag != kPcmTag) return std::nullopt;
  message::AudioDatagram audio;
  if (tag == kPcmTag) audio.codec = message::AudioCodec::pcm;
  audio.frame.sequence = in.little<std::uint32_t>();
  audio.frame.pts = wire_time(in);
  if (tag == kRedundantOpusTag) {
    const auto bytes = in.little<std::uint16_t>();
    audio.frame.bytes = in.take(bytes);
    if (in.remaining() > 0) {
      audio.previous = message::AudioFrame{.sequence = audio.frame.sequence - 1,
                                           .pts = earlier(audio.frame.pts, frame_period),
                                           .bytes = in.rest()};
    }
  } else {
    audio.frame.bytes = in.rest();
  }
  if (!in.ok()) return std::nullopt;
  return audio;
}

Bytes write_audio(const message::AudioDatagram& audio, MutableBytes room) noexcept {
  ByteWriter out(room);
  const bool pcm = audio.codec == message::AudioCodec::pcm;
  const bool redundant = !pcm && audio.previous;
  out.little(pcm ? kPcmTag : redundant ? kRedundantOpusTag : kOpusTag);
  out.little(audio.frame.sequence);
  out.little(static_cast<std::uint64_t>(audio.frame.pts.ns()));
  if (redundant) out.little(static_cast<std::uint16_t>(audio.frame.bytes.size()));
  out.put(audio.frame.bytes);
  if (redundant) out.put(audio.previous->bytes);
  return out.ok() ? out.written() : Bytes();
}

std::optional<message::Rumble> parse_rumble(Bytes datagram) noexcept {
  ByteReader in(datagram);
  if (in.little<std::uint8_t>() != kRumbleTag) return std::nullopt;
  message::Rumble rumble;
  rumble.pad = in.little<std::uint16_t>();
  rumble.low_frequency = in.little<std::uint16_t>();
  rumble.high_frequency = in.little<std::uint16_t>();
  if (!in.ok() || rumble.pad >= message::kMaxPads) return std::nullopt;
  if (in.remaining() < 3) return rumble;
  message::Rumble::Lease lease;
  lease.sequence = in.little<std::uint8_t>();
  lease.ttl_ms = in.little<std::uint16_t>();
  rumble.lease = lease;
  if (in.remaining() < 4) return rumble;
  message::Rumble::Triggers triggers;
  triggers.left = in.little<std::uint16_t>();
  triggers.right = in.little<std::uint16_t>();
  rumble.triggers = triggers;
  return rumble;
}

std::optional<message::PadAudio> parse_pad_audio(Bytes datagram) noexcept {
  ByteReader in(datagram);
  if (in.little<std::uint8_t>() != kPadAudioTag) return std::nullopt;
  message::PadAudio audio;
  audio.pad = in.little<std::uint8_t>();
  const auto kind = in.little<std::uint8_t>();
  audio.sequence = in.little<std::uint32_t>();
  audio.pts = wire_time(in);
  audio.opus = in.rest();
  if (!in.ok() || audio.pad >= message::kMaxPads) return std::nullopt;
  if (kind > static_cast<std::uint8_t>(message::PadAudioKind::speaker)) return std::nullopt;
  audio.kind = message::PadAudioKind{kind};
  return audio;
}

std::optional<message::HidOutput> parse_hid_output(Bytes datagram) {
  ByteReader in(datagram);
  if (in.little<std::uint8_t>() != kHidOutputTag) return std::nullopt;
  const auto kind = in.little<std::uint8_t>();
  auto output = hid_output(kind, in);
  if (!in.ok()) return std::nullopt;
  return output;
}

std::optional<message::HdrMetadata> parse_hdr_datagram(Bytes datagram) noexcept {
  ByteReader in(datagram);
  if (in.little<std::uint8_t>() != kHdrTag) return std::nullopt;
  const Bytes body = in.take(kHdrMetadataBytes);
  if (!in.ok()) return std::nullopt;
  return parse_hdr_metadata(body);
}

}  // namespace pf::wire::v1
