#include "client/gamestream/protocol/stream_wish.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

namespace pf::gamestream_client {
namespace {

constexpr std::uint32_t kMaxAnnouncedKbps = 100'000;
constexpr std::uint32_t kFeatures = 135, kAudioEncrypted = 0x20;

std::uint32_t channel_mask(std::uint8_t channel_count) noexcept {
  return channel_count == 8 ? 0x63F : channel_count == 6 ? 0x3F : 0x3;
}

}  // namespace

std::uint32_t surround_audio_info(std::uint8_t channel_count) noexcept {
  return channel_mask(channel_count) << 16 | channel_count;
}

std::string write_announcement(const StreamWish& wish, const StreamGrant& grant,
                               const std::string& host) {
  const std::uint32_t bitrate_kbps = std::min(wish.bitrate_kbps * 8 / 10, kMaxAnnouncedKbps);
  const bool audio_encrypted = (grant.encryption & kEncryptAudio) != 0;
  const bool surround = wish.channel_count > 2;
  const auto whole_hz = std::lround(wish.mode.refresh.hz());
  const std::vector<std::pair<const char*, std::int64_t>> attributes{
      {"x-ml-general.featureFlags", 3},
      {"x-ss-general.encryptionEnabled", grant.encryption},
      {"x-ss-video[0].chromaSamplingType", 0},
      {"x-nv-video[0].clientViewportWd", wish.mode.size_px.width},
      {"x-nv-video[0].clientViewportHt", wish.mode.size_px.height},
      {"x-nv-video[0].maxFPS", whole_hz},
      {"x-nv-video[0].packetSize", grant.packet_size},
      {"x-nv-video[0].rateControlMode", 4},
      {"x-nv-video[0].timeoutLengthMs", 7000},
      {"x-nv-video[0].framesWithInvalidRefThreshold", 0},
      {"x-nv-video[0].initialBitrateKbps", bitrate_kbps},
      {"x-nv-video[0].initialPeakBitrateKbps", bitrate_kbps},
      {"x-nv-vqos[0].bw.minimumBitrateKbps", bitrate_kbps},
      {"x-nv-vqos[0].bw.maximumBitrateKbps", bitrate_kbps},
      {"x-ml-video.configuredBitrateKbps", wish.bitrate_kbps},
      {"x-nv-vqos[0].fec.enable", 1},
      {"x-nv-vqos[0].videoQualityScoreUpdateTime", 5000},
      {"x-nv-vqos[0].qosTrafficType", 5},
      {"x-nv-aqos.qosTrafficType", 4},
      {"x-nv-general.featureFlags", kFeatures | (audio_encrypted ? kAudioEncrypted : 0)},
      {"x-nv-general.useReliableUdp", 13},
      {"x-nv-vqos[0].fec.minRequiredFecPackets", 2},
      {"x-nv-vqos[0].bllFec.enable", 0},
      {"x-nv-vqos[0].drc.enable", 0},
      {"x-nv-general.enableRecoveryMode", 0},
      {"x-nv-video[0].videoEncoderSlicesPerFrame", wish.slices_per_frame},
      {"x-nv-clientSupportHevc", 0},
      {"x-nv-vqos[0].bitStreamFormat", 0},
      {"x-nv-video[0].dynamicRangeMode", 0},
      {"x-nv-video[0].maxNumReferenceFrames", grant.invalidates_references ? 0 : 1},
      {"x-nv-video[0].clientRefreshRateX100", std::lround(wish.mode.refresh.hz() * 100)},
      {"x-nv-audio.surround.numChannels", wish.channel_count},
      {"x-nv-audio.surround.channelMask", channel_mask(wish.channel_count)},
      {"x-nv-audio.surround.enable", surround ? 1 : 0},
      {"x-nv-audio.surround.AudioQuality", surround && wish.high_quality_sound ? 1 : 0},
      {"x-nv-aqos.packetDuration", wish.audio_packet_ms},
      {"x-nv-video[0].encoderCscMode", 2},  // BT.709, limited range
  };
  std::string body =
      fmt::format("v=0\r\no=android 0 14 IN IPv4 {}\r\ns=NVIDIA Streaming Client\r\n", host);
  for (const auto& attribute : attributes)
    body += fmt::format("a={}:{} \r\n", attribute.first, attribute.second);
  return body + fmt::format("t=0 0\r\nm=video {}  \r\n", grant.video_port);
}

}  // namespace pf::gamestream_client
