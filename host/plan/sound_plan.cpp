#include "host/plan/sound_plan.h"

#include <array>
#include <optional>

#include "core/audio/audio_framer.h"
#include "core/audio/speaker_layout.h"
#include "core/wire/v1/datagrams.h"

namespace pf::plan {
namespace {

using message::Capability;

// The longest frame of samples that fits a datagram on any path; nullopt: none does.
std::optional<microseconds> longest_pcm_frame(const message::AudioFormat& format) {
  constexpr std::size_t kRoom = audio::kMaxAudioDatagramBytes - wire::v1::kAudioHeaderBytes;
  for (const unsigned us : {5'000u, 4'000u, 3'000u, 2'500u, 2'000u, 1'500u, 1'000u}) {
    const std::uint64_t samples = std::uint64_t{format.rate_hz} * us / 1'000'000;
    if (samples * 2 * (format.bits / 8u) <= kRoom) return microseconds(us);
  }
  return std::nullopt;
}

// Plain samples may take a quarter of the picture's rate. Sound servers run at 48 kHz: another rate
// would be made up by resampling, which the client can do as well.
bool can_be_lossless(const SoundOffer& offer, const message::Hello& hello,
                     std::uint32_t video_bitrate_kbps) {
  const std::uint32_t pcm_kbps = hello.audio.rate_hz * 2 / 1000 * hello.audio.bits;
  return offer.lossless && hello.capabilities.has(Capability::hears_pcm) &&
         hello.audio_channels == 2 && hello.audio.rate_hz == audio::kOpusRateHz &&
         pcm_kbps <= video_bitrate_kbps / 4;
}

}  // namespace

SoundPlan plan_sound(const SoundOffer& offer, const message::Hello& hello,
                     std::uint32_t video_bitrate_kbps) {
  SoundPlan plan{.sends = offer.place != SoundPlace::host,
                 .plays_on_host = offer.place == SoundPlace::both,
                 .channel_count = hello.audio_channels,
                 .bitrate_kbps = audio::opus_bitrate_kbps(hello.audio_channels, offer.quality,
                                                          video_bitrate_kbps)};
  if (!plan.sends) return plan;
  if (can_be_lossless(offer, hello, video_bitrate_kbps)) {
    if (const auto period = longest_pcm_frame(hello.audio)) {
      plan.codec = message::AudioCodec::pcm;
      plan.format = hello.audio;
      plan.frame_period = *period;
      return plan;
    }
  }
  plan.redundant = offer.redundancy && hello.capabilities.has(Capability::hears_redundant_audio);
  return plan;
}

}  // namespace pf::plan
