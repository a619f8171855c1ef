// The settings of OpenH264 that make it a streaming encoder.
#pragma once

#include <wels/codec_api.h>

#include "host/encode/encoder.h"

namespace pf::encode::openh264 {

inline constexpr SizePx kLargestPx{3840, 2160};  // the library's own bound, level 5.2
inline constexpr SizePx kSmallestPx{16, 16};     // one macroblock
inline constexpr std::uint32_t kSlowestKbps = 100;
inline constexpr std::uint32_t kFastestKbps = 240'000;  // level 5.2

std::uint32_t possible_rate(
    std::uint32_t bitrate_kbps) noexcept;  // what is asked, within these bounds

// Bits per second as the library wants them: it believes in at most 60 pictures a second.
int rate_for_library(std::uint32_t bitrate_kbps, RefreshRate refresh) noexcept;

// Fills in what `library` has as defaults. `malformed` with a sentence when a value is out of
// bounds.
Result<SEncParamExt> settings_for(ISVCEncoder& library, const EncodeRequest& request);

}  // namespace pf::encode::openh264
