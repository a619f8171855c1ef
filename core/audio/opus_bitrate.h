// How many bits desktop sound gets. Source: docs/protocol/punktfunk1.md section 15.1.
#pragma once

#include <cstdint>

namespace pf::audio {

enum class SoundQuality : std::uint8_t { low, high, best };

// Opus bits of all channels together. Sound takes at most about a twentieth of the picture's rate,
// so that a poor line is not spent on it, but never less than 96 kbit/s. 2, 6 or 8 channels.
std::uint32_t opus_bitrate_kbps(std::uint8_t channel_count, SoundQuality quality,
                                std::uint32_t video_bitrate_kbps) noexcept;

}  // namespace pf::audio
