#include "pattern/card.h"

#include <algorithm>
#include <cmath>

#include "core/base/bt709.h"

namespace pf::pattern {
namespace {

double mean_of(const std::uint8_t* plane, std::uint32_t stride_bytes, const RectPx& area) noexcept {
  std::uint64_t sum = 0;
  for (std::uint32_t y = area.y; y < area.y + area.height; ++y) {
    const std::uint8_t* row = plane + std::size_t{y} * stride_bytes;
    for (std::uint32_t x = area.x; x < area.x + area.width; ++x) sum += row[x];
  }
  return static_cast<double>(sum) / (static_cast<double>(area.width) * area.height);
}

bt709::Rgb colour_of(const YuvView& picture, const RectPx& area) noexcept {
  const RectPx chroma{area.x / 2, area.y / 2, std::max(1u, area.width / 2),
                      std::max(1u, area.height / 2)};
  const bt709::Rgb exact =
      bt709::to_rgb({.y = mean_of(picture.planes[0], picture.stride_bytes[0], area),
                     .u = mean_of(picture.planes[1], picture.stride_bytes[1], chroma),
                     .v = mean_of(picture.planes[2], picture.stride_bytes[2], chroma)},
                    picture.full_range);
  // As a screen shows it: nothing is darker than 0 or brighter than 255.
  return {std::clamp(exact.r, 0.0, 255.0), std::clamp(exact.g, 0.0, 255.0),
          std::clamp(exact.b, 0.0, 255.0)};
}

}  // namespace

CardCheck check_card(const YuvView& picture) noexcept {
  const Layout layout = layout_of(picture.size_px);
  CardCheck check;
  for (std::uint32_t i = 0; i < kPatchCount; ++i) {
    const Patch& patch = kPatches[i];
    const bt709::Rgb seen = colour_of(picture, middle_of(patch_of(layout, i)));
    const double error = std::max(
        {std::abs(seen.r - patch.r), std::abs(seen.g - patch.g), std::abs(seen.b - patch.b)});
    if (error >= check.largest_error) check = {error, patch.name};
  }
  return check;
}

}  // namespace pf::pattern
