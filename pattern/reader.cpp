#include "pattern/reader.h"

namespace pf::pattern {
namespace {

// Between black and white in either range: 16…235 and 0…255.
constexpr std::uint32_t kThreshold = 126;

bool is_white(const YuvView& picture, const RectPx& block) noexcept {
  const RectPx middle = middle_of(block);
  std::uint32_t sum = 0;
  for (std::uint32_t y = middle.y; y < middle.y + middle.height; ++y) {
    const std::uint8_t* row = picture.planes[0] + std::size_t{y} * picture.stride_bytes[0];
    for (std::uint32_t x = middle.x; x < middle.x + middle.width; ++x) sum += row[x];
  }
  return sum > kThreshold * middle.width * middle.height;
}

std::optional<Stamp> read_band(const YuvView& picture, const Layout& layout,
                               const RectPx& band) noexcept {
  StampBits bits;
  for (std::uint32_t i = 0; i < kBandBits; ++i) {
    const RectPx block{band.x + i % layout.band_columns * layout.block_px,
                       band.y + i / layout.band_columns * layout.block_px, layout.block_px,
                       layout.block_px};
    bits[i] = is_white(picture, block);
  }
  return parse_stamp(bits);
}

}  // namespace

std::optional<Reading> read_picture(const YuvView& picture) noexcept {
  if (!fits(picture.size_px)) return std::nullopt;
  const Layout layout = layout_of(picture.size_px);
  const std::optional<Stamp> top = read_band(picture, layout, layout.bands[0]);
  const std::optional<Stamp> bottom = read_band(picture, layout, layout.bands[1]);
  if (!top && !bottom) return std::nullopt;
  return Reading{.stamp = top ? *top : *bottom, .torn = top != bottom};
}

}  // namespace pf::pattern
