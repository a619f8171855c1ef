#include "pattern/layout.h"

#include <algorithm>

#include "core/base/check.h"
#include "pattern/card.h"

namespace pf::pattern {
namespace {

// A band is 48 blocks wide where they fit, else it is folded into more rows.
std::uint32_t columns_for(std::uint32_t width_px) noexcept {
  for (const std::uint32_t columns : {48u, 24u}) {
    if (width_px >= columns * kSmallestBlockPx) return columns;
  }
  return 20;
}
static_assert(kSmallestPx.width >= 20 * kSmallestBlockPx);

void place_bands(Layout& layout) noexcept {
  const auto [width, height] = layout.size_px;
  layout.band_columns = columns_for(width);
  layout.band_rows = (kBandBits + layout.band_columns - 1) / layout.band_columns;
  // A thirtieth of the height looks well and leaves room; even, so that chroma samples do not
  // straddle blocks.
  const std::uint32_t widest = width / layout.band_columns;
  layout.block_px = std::clamp((std::min(height / 30, widest)) & ~1u, kSmallestBlockPx, 128u);
  const std::uint32_t band_width = layout.block_px * layout.band_columns;
  const std::uint32_t band_height = layout.block_px * layout.band_rows;
  const std::uint32_t spare = height - 2 * band_height;
  const std::uint32_t margin = spare > 12 * layout.block_px ? (layout.block_px / 2) & ~1u : 0;
  const std::uint32_t left = ((width - band_width) / 2) & ~1u;
  layout.bands[0] = {left, margin, band_width, band_height};
  layout.bands[1] = {left, (height - margin - band_height) & ~1u, band_width, band_height};
}

// Too little room between the bands for more than one line: a strip of waves, then the card in one
// row.
void place_strip(Layout& layout, const RectPx& middle) noexcept {
  const std::uint32_t split = (middle.width / 4) & ~1u;
  layout.waves = {middle.x, middle.y, split, middle.height};
  layout.card = {middle.x + split, middle.y, middle.width - split, middle.height};
  layout.card_columns = kPatchCount;
  layout.card_rows = 1;
}

void place_panels(Layout& layout, const RectPx& middle, std::uint32_t gap) noexcept {
  RectPx info = middle;
  layout.waves = middle;
  if (middle.width >= middle.height) {  // side by side
    layout.waves.width = (middle.width * 63 / 100) & ~1u;
    info.x = layout.waves.x + layout.waves.width + gap;
    info.width = middle.width - layout.waves.width - gap;
  } else {  // one above the other
    layout.waves.height = (middle.height * 55 / 100) & ~1u;
    info.y = layout.waves.y + layout.waves.height + gap;
    info.height = middle.height - layout.waves.height - gap;
  }
  layout.readout = info;
  layout.readout.height = (info.height * 54 / 100) & ~1u;
  layout.card = info;
  layout.card.y = info.y + layout.readout.height + gap;
  layout.card.height = info.height - layout.readout.height - gap;
  layout.card_columns = kPatchCount / 3;
  layout.card_rows = 3;
}

}  // namespace

Layout layout_of(SizePx size) noexcept {
  PF_CHECK(fits(size));
  Layout layout{.size_px = size};
  place_bands(layout);
  const std::uint32_t top = layout.bands[0].y + layout.bands[0].height;
  const std::uint32_t bottom = layout.bands[1].y;
  const std::uint32_t gap = (layout.block_px * 3 / 4) & ~1u;
  if (bottom - top < 10 * kSmallestBlockPx) {
    const std::uint32_t width = layout.bands[0].width;
    place_strip(layout, {layout.bands[0].x, top, width, bottom - top});
  } else {
    const RectPx middle{layout.bands[0].x, top + gap, layout.bands[0].width,
                        (bottom - top - 2 * gap) & ~1u};
    place_panels(layout, middle, gap);
  }
  return layout;
}

RectPx patch_of(const Layout& layout, std::uint32_t patch_index) noexcept {
  PF_DCHECK(patch_index < kPatchCount);
  const std::uint32_t column = patch_index % layout.card_columns;
  const std::uint32_t row = patch_index / layout.card_columns;
  const std::uint32_t width = layout.card.width / layout.card_columns;
  const std::uint32_t height = layout.card.height / layout.card_rows;
  return {layout.card.x + column * width, layout.card.y + row * height, width, height};
}

RectPx middle_of(const RectPx& rect) noexcept {
  return {rect.x + rect.width / 4, rect.y + rect.height / 4, std::max(1u, rect.width / 2),
          std::max(1u, rect.height / 2)};
}

}  // namespace pf::pattern
