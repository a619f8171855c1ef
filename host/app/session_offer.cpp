#include "host/app/session_offer.h"

#include <string>

namespace pf::app {
namespace {

audio::SoundQuality quality_of(const std::string& name) {
  if (name == "low") return audio::SoundQuality::low;
  return name == "max" ? audio::SoundQuality::best : audio::SoundQuality::high;
}

plan::SoundPlace sound_place_of(const std::string& play_on) {
  if (play_on == "both") return plan::SoundPlace::both;
  return play_on == "host" ? plan::SoundPlace::host : plan::SoundPlace::client;
}

plan::SoundOffer sound_offer_of(const config::AudioConfig& config) {
  return {.place = sound_place_of(config.play_on),
          .quality = quality_of(config.quality),
          .redundancy = config.redundancy,
          .lossless = config.lossless};
}

}  // namespace

plan::HostOffer offer_of(const config::HostConfig& config) {
  return {.default_bitrate_kbps = config.video.bitrate_kbps,
          .fec_percent = static_cast<std::uint8_t>(config.video.fec_percent),
          .fec_adaptive = config.video.fec_adaptive,
          .slices = config.video.slices,
          .mtu_bytes = config.network.mtu_bytes,
          .sound = sound_offer_of(config.audio),
          .command = config.desktop.command,
          .run_as = config.desktop.run_as};
}

plan::Conflict conflict_of(const std::string& name) {
  if (name == "join") return plan::Conflict::join;
  if (name == "steal") return plan::Conflict::steal;
  return name == "reject" ? plan::Conflict::reject : plan::Conflict::separate;
}

}  // namespace pf::app
