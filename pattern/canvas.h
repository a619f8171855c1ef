// Pixels to draw into and planes to read from, borrowed for one call.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/display_mode.h"

namespace pf::pattern {

// Bytes B, G, R, ignored: what Wayland calls XRGB8888 on little endian. The stride is a multiple
// of 4.
struct Canvas {
  std::byte* pixels = nullptr;
  SizePx size_px;
  std::uint32_t stride_bytes = 0;
};

// 8-bit 4:2:0 in BT.709, chroma planes of half the size, rounded up.
struct YuvView {
  SizePx size_px;
  const std::uint8_t* planes[3] = {};  // Y, U, V
  std::uint32_t stride_bytes[3] = {};
  bool full_range = false;
};

}  // namespace pf::pattern
