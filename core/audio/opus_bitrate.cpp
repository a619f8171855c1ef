#include "core/audio/opus_bitrate.h"

#include <algorithm>
#include <array>

namespace pf::audio {

std::uint32_t opus_bitrate_kbps(std::uint8_t channel_count, SoundQuality quality,
                                std::uint32_t video_bitrate_kbps) noexcept {
  constexpr std::uint32_t kFloorKbps = 96;
  using Tiers = std::array<std::uint32_t, 3>;  // by SoundQuality
  constexpr Tiers kStereo{96, 128, 256}, k51{192, 256, 448}, k71{320, 450, 768};
  const Tiers& tiers = channel_count == 8 ? k71 : channel_count == 6 ? k51 : kStereo;
  return std::clamp(video_bitrate_kbps / 20, kFloorKbps, tiers[static_cast<std::size_t>(quality)]);
}

}  // namespace pf::audio
