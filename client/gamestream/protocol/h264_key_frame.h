// Whether an H.264 access unit is a key frame, as stock GameStream clients find out
// (docs/protocol/gamestream.md section 9.7).
#pragma once

#include "core/base/bytes.h"

namespace pf::gamestream_client {

enum class FrameStart {
  key,        // parameter sets, then an IDR slice that begins in the first packet
  other,      // a slice
  malformed,  // it does not begin with a start code
};
// `first_packet`: what of the access unit came in the frame's first packet.
FrameStart start_of_h264(Bytes first_packet) noexcept;

}  // namespace pf::gamestream_client
