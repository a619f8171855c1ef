#include "host/gamestream/protocol/stream_request.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <map>
#include <optional>
#include <string>

#include "host/gamestream/protocol/video_packets.h"

namespace pf::gamestream {
namespace {

constexpr std::size_t kMaxAttributes = 256;  // clients send about 40
constexpr std::int64_t kMinSidePx = 16, kMaxSidePx = 8192;
constexpr std::int64_t kMaxFps = 480;
constexpr std::int64_t kMaxBitrateKbps = 1'000'000, kMinBitrateKbps = 500;
constexpr std::int64_t kMaxSlices = 32, kMaxReferenceFrames = 16, kMaxMinParity = 64;
constexpr std::int64_t kReliableControl = 13;      // useReliableUdp of clients of this version
constexpr std::int64_t kAudioEncryptedBit = 0x20;  // of x-nv-general.featureFlags

class Attributes {
 public:
  static Result<Attributes> parse(std::string_view body) {
    Attributes attributes;
    while (!body.empty()) {
      const std::size_t end = std::min(body.find('\n'), body.size());
      std::string_view line = body.substr(0, end);
      body.remove_prefix(std::min(end + 1, body.size()));
      while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
      if (line.substr(0, 2) != "a=") continue;
      line.remove_prefix(2);
      const std::size_t colon = line.find(':');
      if (colon == std::string_view::npos) continue;
      if (attributes.values_.size() == kMaxAttributes)
        return fail(ErrorKind::malformed, "the client sent more than {} attributes",
                    kMaxAttributes);
      attributes.values_.emplace(line.substr(0, colon), line.substr(colon + 1));
    }
    return attributes;
  }

  // `otherwise` when the client does not say; an attribute without one has to be there.
  Result<std::int64_t> number(std::string_view name, std::int64_t least, std::int64_t most,
                              std::optional<std::int64_t> otherwise = std::nullopt) const {
    const auto found = values_.find(name);
    if (found == values_.end()) {
      if (otherwise) return *otherwise;
      return fail(ErrorKind::malformed, "the client did not send {}", name);
    }
    const std::string& text = found->second;
    std::int64_t value = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || rest != text.data() + text.size() || value < least || value > most)
      return fail(ErrorKind::malformed, "{} has to be {} to {}, not \"{}\"", name, least, most,
                  text.substr(0, 40));
    return value;
  }

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

constexpr std::int64_t kAny = std::numeric_limits<std::int32_t>::max();

// maxFPS is whole; the exact rate comes besides, in hundredths, and NTSC's fractions abbreviated.
RefreshRate refresh_of(std::int64_t fps, std::int64_t hundredths) {
  const bool believable = std::abs(hundredths - 100 * fps) <= fps;  // 1 %
  if (!believable || hundredths == 100 * fps) return {static_cast<std::uint32_t>(fps), 1};
  const auto whole = static_cast<std::uint32_t>((hundredths + 99) / 100);
  if (std::abs(static_cast<std::int64_t>(whole) * 100'000 / 1001 - hundredths) <= 1)
    return {whole * 1000, 1001};
  return {static_cast<std::uint32_t>(hundredths), 100};
}

Result<DisplayMode> parse_mode(const Attributes& attributes) {
  PF_TRY(const auto width,
         attributes.number("x-nv-video[0].clientViewportWd", kMinSidePx, kMaxSidePx));
  PF_TRY(const auto height,
         attributes.number("x-nv-video[0].clientViewportHt", kMinSidePx, kMaxSidePx));
  PF_TRY(const auto fps, attributes.number("x-nv-video[0].maxFPS", 1, kMaxFps));
  PF_TRY(const auto hundredths,
         attributes.number("x-nv-video[0].clientRefreshRateX100", 0, kAny, 0));
  return DisplayMode{{static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height)},
                     refresh_of(fps, hundredths)};
}

Result<void> parse_video(const Attributes& attributes, const Offer& offer, StreamRequest& request) {
  PF_TRY(request.mode, parse_mode(attributes));
  PF_TRY(const auto codec, attributes.number("x-nv-vqos[0].bitStreamFormat", 0, 2, 0));
  PF_TRY(const auto range, attributes.number("x-nv-video[0].dynamicRangeMode", 0, 1, 0));
  PF_TRY(const auto chroma, attributes.number("x-ss-video[0].chromaSamplingType", 0, 1, 0));
  PF_TRY(const auto colour, attributes.number("x-nv-video[0].encoderCscMode", 0, 5, 0));
  PF_TRY(const auto packet_size,
         attributes.number("x-nv-video[0].packetSize", VideoPackets::kMinPacketSize,
                           VideoPackets::kMaxPacketSize));
  PF_TRY(const auto slices,
         attributes.number("x-nv-video[0].videoEncoderSlicesPerFrame", 1, kMaxSlices, 1));
  PF_TRY(const auto references,
         attributes.number("x-nv-video[0].maxNumReferenceFrames", 0, kMaxReferenceFrames, 0));
  PF_TRY(const auto parity,
         attributes.number("x-nv-vqos[0].fec.minRequiredFecPackets", 0, kMaxMinParity, 0));
  if (packet_size % 16 != 0)
    return fail(ErrorKind::malformed, "packetSize has to be a multiple of 16, not {}", packet_size);
  request.codec = static_cast<VideoCodec>(codec);
  request.ten_bit = range == 1;
  request.chroma_444 = chroma == 1;
  if (!offer.offers(request.codec, request.ten_bit, request.chroma_444))
    return fail(ErrorKind::malformed, "the client chose a codec that was not offered");
  request.matrix = static_cast<StreamRequest::Matrix>(colour >> 1);
  request.full_range = (colour & 1) != 0;
  request.packet_size = static_cast<std::uint16_t>(packet_size);
  request.slices_per_frame = static_cast<std::uint32_t>(slices);
  request.max_reference_frames = static_cast<std::uint32_t>(references);
  request.min_parity = static_cast<std::uint32_t>(parity);
  return {};
}

Result<void> parse_sound(const Attributes& attributes, StreamRequest& request) {
  PF_TRY(const auto channels, attributes.number("x-nv-audio.surround.numChannels", 2, 8));
  PF_TRY(const auto quality, attributes.number("x-nv-audio.surround.AudioQuality", 0, 1));
  PF_TRY(const auto duration, attributes.number("x-nv-aqos.packetDuration", 5, 10, 5));
  if (channels != 2 && channels != 6 && channels != 8)
    return fail(ErrorKind::malformed, "sound has 2, 6 or 8 channels, not {}", channels);
  if (duration != 5 && duration != 10)
    return fail(ErrorKind::malformed, "packets of sound last 5 or 10 ms, not {}", duration);
  request.channel_count = static_cast<std::uint8_t>(channels);
  request.high_quality_sound = quality == 1;
  request.audio_packet_ms = static_cast<std::uint32_t>(duration);
  return {};
}

Result<void> parse_transport(const Attributes& attributes, const Offer& offer,
                             StreamRequest& request) {
  PF_TRY(const auto control, attributes.number("x-nv-general.useReliableUdp", 0, kAny, 1));
  PF_TRY(const auto features, attributes.number("x-nv-general.featureFlags", 0, kAny, 135));
  PF_TRY(const auto encrypted, attributes.number("x-ss-general.encryptionEnabled", 0, kAny, 0));
  PF_TRY(const auto client, attributes.number("x-ml-general.featureFlags", 0, kAny, 0));
  PF_TRY(const auto traffic, attributes.number("x-nv-vqos[0].qosTrafficType", 0, kAny, 5));
  if (control != kReliableControl)
    return fail(ErrorKind::malformed, "the client is too old: update Moonlight");
  request.control_v2 = (encrypted & encryption::kControlV2) != 0;
  request.video_encrypted = (encrypted & encryption::kVideo) != 0;
  request.audio_encrypted =
      (features & kAudioEncryptedBit) != 0 || (encrypted & encryption::kAudio) != 0;
  request.sends_fec_status = (client & 1) != 0;
  request.pings_with_payload = (client & 2) != 0;
  request.mark_traffic = traffic != 0;
  if (offer.encryption_required && !(request.video_encrypted && request.audio_encrypted))
    return fail(ErrorKind::refused, "this host streams encrypted only, which the client does not");
  return {};
}

// What of the user's rate is left for the encoder. The parts that parity, sound and everything else
// take are those that clients reckon with.
Result<void> parse_bitrate(const Attributes& attributes, const Offer& offer,
                           bool low_quality_stereo, StreamRequest& request) {
  PF_TRY(const auto fallback,
         attributes.number("x-nv-vqos[0].bw.maximumBitrateKbps", 1, kMaxBitrateKbps));
  PF_TRY(const auto configured,
         attributes.number("x-ml-video.configuredBitrateKbps", 0, kMaxBitrateKbps, 0));
  std::int64_t rate = fallback;
  if (configured != 0) {
    rate = configured;
    if (offer.fec_percent <= 80) rate = rate * (100 - offer.fec_percent) / 100;
    const bool high =
        request.high_quality_sound || (request.channel_count == 2 && !low_quality_stereo);
    rate -= std::min<std::int64_t>(request.channel_count * (high ? 256 : 96), configured / 5);
    rate -= std::min<std::int64_t>(500, configured / 10);
  }
  request.bitrate_kbps = static_cast<std::uint32_t>(std::max(rate, kMinBitrateKbps));
  return {};
}

}  // namespace

Result<StreamRequest> parse_stream_request(std::string_view body, const Offer& offer,
                                           bool low_quality_stereo) {
  PF_TRY(const Attributes attributes, Attributes::parse(body));
  StreamRequest request;
  PF_TRY_VOID(parse_video(attributes, offer, request));
  PF_TRY_VOID(parse_sound(attributes, request));
  PF_TRY_VOID(parse_transport(attributes, offer, request));
  PF_TRY_VOID(parse_bitrate(attributes, offer, low_quality_stereo, request));
  if (request.channel_count == 2) request.high_quality_sound = !low_quality_stereo;
  return request;
}

}  // namespace pf::gamestream
