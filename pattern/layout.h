// Where things lie in the coded picture of a given size. Drawer and reader compute the same layout
// from the size alone, so nothing but the size must be agreed on.
//
//   +--------------------------------------------+
//   |        band: the stamp as blocks           |
//   |  +--------------------+  +--------------+  |
//   |  |                    |  |   readout    |  |
//   |  |       waves        |  +--------------+  |
//   |  |                    |  |  colour card |  |
//   |  +--------------------+  +--------------+  |
//   |        band: the same stamp again          |
//   +--------------------------------------------+
//
// A picture that is torn between top and bottom shows different stamps in its two bands.
#pragma once

#include "core/base/display_mode.h"

namespace pf::pattern {

// Below this size two bands of blocks of 16 px, the smallest that survive a starved encoder, leave
// no room.
inline constexpr SizePx kSmallestPx{320, 180};
inline constexpr SizePx kLargestPx{16384, 16384};
inline constexpr std::uint32_t kBandBits = 96;
inline constexpr std::uint32_t kSmallestBlockPx = 16;

struct Layout {
  SizePx size_px;
  std::uint32_t block_px = 0;
  std::uint32_t band_columns = 0;  // blocks in a row of a band; bits run in reading order
  std::uint32_t band_rows = 0;
  RectPx bands[2];
  RectPx waves;
  RectPx readout;  // empty where there is no room for it
  RectPx card;
  std::uint32_t card_columns = 0;
  std::uint32_t card_rows = 0;
};

constexpr bool fits(SizePx size) noexcept {
  return size.width >= kSmallestPx.width && size.height >= kSmallestPx.height &&
         size.width <= kLargestPx.width && size.height <= kLargestPx.height;
}

// `size` must fit.
Layout layout_of(SizePx size) noexcept;

// The patch of this index on the card.
RectPx patch_of(const Layout& layout, std::uint32_t patch_index) noexcept;

// The middle half of a rectangle in both directions: away from what the codec smears over its
// edges.
RectPx middle_of(const RectPx& rect) noexcept;

}  // namespace pf::pattern
