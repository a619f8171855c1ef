// H.264 decoding in software through libavcodec.
#pragma once

#include <memory>

#include "client/decode/decoder.h"

namespace pf::decode {

// Larger access units are refused: two seconds of the fastest stream there is (800 Mbit/s at 60 Hz)
// in one picture.
inline constexpr std::size_t kMaxAccessUnitBytes = 16u << 20;

// One thread, no delay: each access unit gives its own picture, or none when it is
// damaged. It cannot tell that a whole access unit was left out: after a gap the caller goes on
// with a key frame.
Result<std::unique_ptr<Decoder>> open_libavcodec_decoder();

}  // namespace pf::decode
