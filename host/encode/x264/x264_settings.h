// The settings of libx264 that make it a streaming encoder.
#pragma once

#include <cstdint>

extern "C" {
#include <x264.h>
}

#include "host/encode/encoder.h"

namespace pf::encode::x264 {

// Speed first. CPU time per coded picture at 720p and 1080p (encode_bench.cpp, one thread of a Xeon
// at 20 Mbit/s): ultrafast 2.6 and 5.8 ms, superfast 7.5 and 12.7 ms.
inline constexpr const char* kPreset = "ultrafast";

// Level 6.2, the largest there is, ends near here.
inline constexpr SizePx kLargestPx{8192, 4352};
inline constexpr SizePx kSmallestPx{16, 16};  // one macroblock
inline constexpr std::uint32_t kSlowestKbps = 100;
inline constexpr std::uint32_t kFastestKbps = 800'000;  // level 6.2

// `malformed` with a sentence when a value is out of bounds.
Result<x264_param_t> settings_for(const EncodeRequest& request);

// What is asked, within the bounds above.
std::uint32_t possible_rate(std::uint32_t bitrate_kbps) noexcept;

// Writes the rate and what hangs on it; for x264_encoder_reconfig as well.
void set_rate(x264_param_t& settings, std::uint32_t bitrate_kbps) noexcept;

}  // namespace pf::encode::x264
