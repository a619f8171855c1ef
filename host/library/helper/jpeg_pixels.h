// A JPEG's pixels. Pure but for the library's own memory; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/display_mode.h"
#include "core/base/result.h"

namespace pf::library {

struct RgbPixels {
  SizePx size_px;
  std::vector<std::uint8_t> bytes;  // three for each pixel, row after row
};

// As small as an eighth, a quarter or a half of it, while it stays at least `wide_enough_px`.
// `malformed`, with the library's sentence.
Result<RgbPixels> decode_jpeg(Bytes jpeg, std::uint32_t wide_enough_px);

}  // namespace pf::library
