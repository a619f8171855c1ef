// A decoded picture as a PNG file.
#pragma once

#include <string>

#include "client/decode/decoder.h"

namespace pf::record {

// Writes the top left `visible` pixels, which are as many as the picture has, or fewer where the
// encoder padded an odd size. Exact BT.709; each chroma sample colours its 2 x 2 pixels.
// `unavailable` for another matrix.
Result<void> write_png(const std::string& path, const decode::DecodedPicture& picture,
                       SizePx visible);

}  // namespace pf::record
