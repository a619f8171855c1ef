// The channel mapping that both ends give to libopus: channel n is channel n. With it the coupled
// pairs are (0,1), (2,3) and (4,5) of our order, which is not the order of the Vorbis mapping
// family.
#pragma once

#include <array>

#include "core/audio/speaker_layout.h"

namespace pf::audio {

inline constexpr std::array<unsigned char, kMaxChannels> kIdentityMapping{0, 1, 2, 3, 4, 5, 6, 7};

}  // namespace pf::audio
