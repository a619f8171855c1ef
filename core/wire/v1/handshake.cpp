#include "core/wire/v1/handshake.h"

#include <array>
#include <string>

#include "core/message/text.h"
#include "core/wire/v1/fields.h"

namespace pf::wire::v1 {
namespace {

using message::Capabilities;
using message::Hello;
using message::Welcome;

constexpr std::size_t kHelloMinBytes = 20;
constexpr std::size_t kHelloMaxBytes = 27 + 64 + 1 + 128 + 4 + kHdrMetadataBytes + 8;
constexpr std::size_t kWelcomeMinBytes = 53;
constexpr std::size_t kWelcomeMaxBytes = 119;

// Which byte of the capability set a wire field fills.
constexpr std::size_t kVideoCapsByte = 0;
constexpr std::size_t kClientCapsByte = 1;
constexpr std::size_t kHostCapsByte = 2;

constexpr std::uint32_t kDefaultRateHz = 48'000;
constexpr std::uint8_t kDefaultSampleBits = 16;

bool starts_with_magic(Bytes payload) noexcept {
  return payload.size() >= kMagicBytes && as_text(payload.first(kMagicBytes)) == kHandshakeMagic;
}

std::optional<std::string> name_from(Bytes bytes, std::size_t max_bytes) {
  const std::string_view text = as_text(bytes);
  if (text.empty() || text.size() > max_bytes || !message::is_utf8(text)) return std::nullopt;
  return std::string(text);
}

void write_counted(std::string_view text, std::size_t max_bytes, ByteWriter& out) noexcept {
  text = message::cut_utf8(text, max_bytes);
  out.little(static_cast<std::uint8_t>(text.size()));
  out.put(as_bytes(text));
}

message::VideoCodec codec_from(std::uint8_t byte) noexcept {
  switch (byte) {
    case 0x01:
      return message::VideoCodec::h264;
    case 0x04:
      return message::VideoCodec::av1;
    case 0x08:
      return message::VideoCodec::pyrowave;
    default:
      return message::VideoCodec::hevc;
  }
}

message::AudioCodec audio_codec_from(std::uint8_t byte) noexcept {
  return byte > static_cast<std::uint8_t>(message::AudioCodec::pcm) ? message::AudioCodec::opus
                                                                    : message::AudioCodec{byte};
}

// The optional fields of a Hello in wire order. A field is written if it, or one behind it, is not
// at its default.
enum HelloField {
  kNone,
  kName,
  kLaunch,
  kVideoCaps,
  kChannels,
  kCodecs,
  kPreferred,
  kHdr,
  kClientCaps,
  kMaxShard,
  kAudioRate,
  kAudioBits
};

HelloField last_field(const Hello& hello) noexcept {
  if (hello.audio.bits == 24) return kAudioBits;
  if (hello.audio.rate_hz != 0 && hello.audio.rate_hz != kDefaultRateHz) return kAudioRate;
  if (hello.max_shard_bytes != 0) return kMaxShard;
  if (hello.capabilities.byte(kClientCapsByte) != 0) return kClientCaps;
  if (hello.display_hdr) return kHdr;
  if (!hello.preferred_codecs.empty()) return kPreferred;
  if (!hello.codecs.empty()) return kCodecs;
  if (hello.audio_channels != 2) return kChannels;
  if (hello.capabilities.byte(kVideoCapsByte) != 0) return kVideoCaps;
  if (hello.launch_id) return kLaunch;
  return hello.device_name ? kName : kNone;
}

}  // namespace

std::optional<Hello> parse_hello(Bytes payload) {
  if (payload.size() < kHelloMinBytes || !starts_with_magic(payload)) return std::nullopt;
  ByteReader in(payload.subspan(kMagicBytes));
  Hello hello;
  hello.wire_version = in.little<std::uint32_t>();
  hello.mode = read_mode(in);

  OptionalFields rest(payload, kHelloMinBytes);
  hello.compositor = compositor_from(rest.little<std::uint8_t>(0));
  hello.gamepad = gamepad_from(rest.little<std::uint8_t>(0));
  hello.bitrate_kbps = rest.little<std::uint32_t>(0);
  hello.device_name = name_from(rest.counted(), message::kMaxDeviceNameBytes);
  hello.launch_id = name_from(rest.counted(), message::kMaxLaunchIdBytes);
  hello.capabilities.set_byte(kVideoCapsByte, rest.little<std::uint8_t>(0));
  hello.audio_channels = channels_from(rest.little<std::uint8_t>(2));
  hello.codecs = message::CodecSet::from_bits(rest.little<std::uint8_t>(0));
  hello.preferred_codecs = message::CodecSet::from_bits(rest.little<std::uint8_t>(0));
  hello.display_hdr = parse_hdr_metadata(rest.take_if_there(kHdrMetadataBytes));
  hello.capabilities.set_byte(kClientCapsByte, rest.little<std::uint8_t>(0));
  hello.max_shard_bytes = rest.little<std::uint16_t>(0);
  hello.audio.rate_hz = sample_rate_from(rest.little<std::uint32_t>(kDefaultRateHz));
  hello.audio.bits = sample_bits_from(rest.little<std::uint8_t>(kDefaultSampleBits));
  return hello;
}

std::vector<std::byte> write_hello(const Hello& hello) {
  std::array<std::byte, kHelloMaxBytes> room;
  ByteWriter out(room);
  out.put(as_bytes(kHandshakeMagic));
  out.little(hello.wire_version);
  write_mode(hello.mode, out);
  out.little(static_cast<std::uint8_t>(hello.compositor));
  out.little(static_cast<std::uint8_t>(hello.gamepad));
  out.little(hello.bitrate_kbps);

  const HelloField last = last_field(hello);
  const bool rate_is_default = hello.audio.rate_hz == 0;
  if (last >= kName)
    write_counted(hello.device_name.value_or(""), message::kMaxDeviceNameBytes, out);
  if (last >= kLaunch) write_counted(hello.launch_id.value_or(""), message::kMaxLaunchIdBytes, out);
  if (last >= kVideoCaps) out.little(hello.capabilities.byte(kVideoCapsByte));
  if (last >= kChannels) out.little(hello.audio_channels);
  if (last >= kCodecs) out.little(hello.codecs.bits());
  if (last >= kPreferred) out.little(hello.preferred_codecs.bits());
  if (hello.display_hdr) write_hdr_metadata(*hello.display_hdr, out);
  if (last >= kClientCaps) out.little(hello.capabilities.byte(kClientCapsByte));
  if (last >= kMaxShard) out.little(hello.max_shard_bytes);
  if (last >= kAudioRate) out.little(rate_is_default ? kDefaultRateHz : hello.audio.rate_hz);
  if (last >= kAudioBits) out.little(hello.audio.bits);
  return {out.written().begin(), out.written().end()};
}

std::optional<Welcome> parse_welcome(Bytes payload) noexcept {
  if (payload.size() < kWelcomeMinBytes || !starts_with_magic(payload)) return std::nullopt;
  ByteReader in(payload.subspan(kMagicBytes));
  Welcome welcome;
  welcome.wire_version = in.little<std::uint32_t>();
  welcome.media_port = in.little<std::uint16_t>();
  welcome.mode = read_mode(in);
  welcome.fec.scheme =
      in.little<std::uint8_t>() == 1 ? message::FecScheme::gf16 : message::FecScheme::gf8;
  welcome.fec.percent = in.little<std::uint8_t>();
  welcome.fec.max_data_per_block = in.little<std::uint16_t>();
  welcome.shard_bytes = in.little<std::uint16_t>();
  welcome.encrypted = in.little<std::uint8_t>() != 0;
  const Bytes key = in.take(16);
  std::copy(key.begin(), key.end(), welcome.keys.aes128.fill().begin());
  const Bytes salt = in.take(welcome.keys.salt.size());
  std::copy(salt.begin(), salt.end(), welcome.keys.salt.begin());
  welcome.frame_count = in.little<std::uint32_t>();

  OptionalFields rest(payload, kWelcomeMinBytes);
  welcome.compositor = compositor_from(rest.little<std::uint8_t>(0));
  welcome.gamepad = gamepad_from(rest.little<std::uint8_t>(0));
  welcome.bitrate_kbps = rest.little<std::uint32_t>(0);
  welcome.bit_depth = rest.little<std::uint8_t>(8) == 10 ? 10 : 8;
  welcome.colour.primaries = rest.little<std::uint8_t>(1);
  welcome.colour.transfer = rest.little<std::uint8_t>(1);
  welcome.colour.matrix = rest.little<std::uint8_t>(1);
  welcome.colour.full_range = rest.little<std::uint8_t>(0) != 0;
  welcome.chroma = rest.little<std::uint8_t>(1) == 3 ? message::ChromaFormat::yuv444
                                                     : message::ChromaFormat::yuv420;
  welcome.audio_channels = channels_from(rest.little<std::uint8_t>(2));
  welcome.codec = codec_from(rest.little<std::uint8_t>(2));
  welcome.capabilities.set_byte(kHostCapsByte, rest.little<std::uint8_t>(0));

  const auto cipher = rest.little<std::uint8_t>(0);
  if (cipher > static_cast<std::uint8_t>(message::Cipher::chacha20_poly1305)) return std::nullopt;
  welcome.keys.cipher = message::Cipher{cipher};
  if (welcome.keys.cipher == message::Cipher::chacha20_poly1305) {
    const Bytes chacha = rest.take_if_there(32);
    if (chacha.empty()) return std::nullopt;
    std::copy(chacha.begin(), chacha.end(), welcome.keys.chacha20.fill().begin());
  }
  welcome.management_port = rest.little<std::uint16_t>(0);
  welcome.grants =
      message::Grants::from_bits(rest.little<std::uint32_t>(message::Grants::kAllBits));
  welcome.access_expires_in = std::chrono::seconds(rest.little<std::uint32_t>(0));
  welcome.audio_codec = audio_codec_from(rest.little<std::uint8_t>(0));
  welcome.audio.rate_hz = sample_rate_from(rest.little<std::uint32_t>(kDefaultRateHz));
  welcome.audio.bits = sample_bits_from(rest.little<std::uint8_t>(kDefaultSampleBits));
  welcome.audio_frame_us = rest.little<std::uint16_t>(0);
  return welcome;
}

std::vector<std::byte> write_welcome(const Welcome& welcome) {
  std::array<std::byte, kWelcomeMaxBytes> room;
  ByteWriter out(room);
  out.put(as_bytes(kHandshakeMagic));
  out.little(welcome.wire_version);
  out.little(welcome.media_port);
  write_mode(welcome.mode, out);
  out.little(static_cast<std::uint8_t>(welcome.fec.scheme));
  out.little(welcome.fec.percent);
  out.little(welcome.fec.max_data_per_block);
  out.little(welcome.shard_bytes);
  out.little<std::uint8_t>(welcome.encrypted ? 1 : 0);
  out.put(welcome.keys.aes128.reveal());
  out.put(welcome.keys.salt);
  out.little(welcome.frame_count);
  out.little(static_cast<std::uint8_t>(welcome.compositor));
  out.little(static_cast<std::uint8_t>(welcome.gamepad));
  out.little(welcome.bitrate_kbps);
  out.little(welcome.bit_depth);
  out.little(welcome.colour.primaries);
  out.little(welcome.colour.transfer);
  out.little(welcome.colour.matrix);
  out.little<std::uint8_t>(welcome.colour.full_range ? 1 : 0);
  out.little<std::uint8_t>(welcome.chroma == message::ChromaFormat::yuv444 ? 3 : 1);
  out.little(welcome.audio_channels);
  out.little(message::CodecSet{welcome.codec}.bits());
  out.little(welcome.capabilities.byte(kHostCapsByte));

  // A later group forces the earlier ones.
  const bool chacha = welcome.keys.cipher == message::Cipher::chacha20_poly1305;
  const bool audio = welcome.audio_codec != message::AudioCodec::opus;
  const bool access =
      audio || welcome.grants != message::Grants::all() || welcome.access_expires_in.count() != 0;
  const bool management = access || welcome.management_port != 0;
  if (management || chacha) out.little(static_cast<std::uint8_t>(welcome.keys.cipher));
  if (chacha) out.put(welcome.keys.chacha20.reveal());
  if (management) out.little(welcome.management_port);
  if (access) {
    out.little(welcome.grants.bits());
    out.little(static_cast<std::uint32_t>(welcome.access_expires_in.count()));
  }
  if (audio) {
    out.little(static_cast<std::uint8_t>(welcome.audio_codec));
    out.little(welcome.audio.rate_hz);
    out.little(welcome.audio.bits);
    out.little(welcome.audio_frame_us);
  }
  const std::vector<std::byte> result(out.written().begin(), out.written().end());
  wipe(room);
  return result;
}

std::optional<message::Start> parse_start(Bytes payload) noexcept {
  if (!starts_with_magic(payload)) return std::nullopt;
  ByteReader in(payload.subspan(kMagicBytes));
  const message::Start start{.client_media_port = in.little<std::uint16_t>()};
  if (!in.ok()) return std::nullopt;
  return start;
}

std::vector<std::byte> write_start(const message::Start& start) {
  std::array<std::byte, 6> room;
  ByteWriter out(room);
  out.put(as_bytes(kHandshakeMagic));
  out.little(start.client_media_port);
  return {room.begin(), room.end()};
}

std::optional<message::HdrMetadata> parse_hdr_metadata(Bytes body) noexcept {
  if (body.size() < kHdrMetadataBytes) return std::nullopt;
  ByteReader in(body);
  message::HdrMetadata metadata;
  for (message::HdrMetadata::Point* point :
       {&metadata.green, &metadata.blue, &metadata.red, &metadata.white}) {
    point->x = in.little<std::uint16_t>();
    point->y = in.little<std::uint16_t>();
  }
  metadata.max_luminance = in.little<std::uint32_t>();
  metadata.min_luminance = in.little<std::uint32_t>();
  metadata.max_content_light = in.little<std::uint16_t>();
  metadata.max_frame_average_light = in.little<std::uint16_t>();
  return metadata;
}

void write_hdr_metadata(const message::HdrMetadata& metadata, ByteWriter& out) noexcept {
  for (const message::HdrMetadata::Point& point :
       {metadata.green, metadata.blue, metadata.red, metadata.white}) {
    out.little(point.x);
    out.little(point.y);
  }
  out.little(metadata.max_luminance);
  out.little(metadata.min_luminance);
  out.little(metadata.max_content_light);
  out.little(metadata.max_frame_average_light);
}

}  // namespace pf::wire::v1
