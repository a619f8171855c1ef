#include "host/convert/reference.h"

#include <algorithm>

namespace pf::convert {
namespace {

struct Bgr {
  std::int32_t b = 0, g = 0, r = 0;
};

std::int32_t dot(const Weights& weights, const Bgr& c) noexcept {
  return weights.b * c.b + weights.g * c.g + weights.r * c.r;
}

// Beyond the image its last column and row go on.
Bgr pixel(const capture::CpuImage& image, std::uint32_t x, std::uint32_t y) noexcept {
  x = std::min(x, image.size_px.width - 1);
  y = std::min(y, image.size_px.height - 1);
  const auto* at = reinterpret_cast<const std::uint8_t*>(image.pixels) +
                   std::size_t{y} * image.stride_bytes + std::size_t{x} * 4;
  return {at[0], at[1], at[2]};
}

std::uint8_t chroma(const Weights& weights, const Bgr& sum) noexcept {
  return static_cast<std::uint8_t>(
      std::min((dot(weights, sum) + kChromaBias) >> kChromaShift, 255));
}

void put_chroma(const YuvPlanes& to, std::uint32_t x, std::uint32_t y, const Bgr& sum,
                const Coefficients& colour) noexcept {
  const std::uint8_t u = chroma(colour.u, sum), v = chroma(colour.v, sum);
  if (to.layout == ChromaLayout::nv12) {
    std::uint8_t* const pair = to.planes[1] + std::size_t{y} * to.stride_bytes[1] + x * 2;
    pair[0] = u;
    pair[1] = v;
  } else {
    to.planes[1][std::size_t{y} * to.stride_bytes[1] + x] = u;
    to.planes[2][std::size_t{y} * to.stride_bytes[2] + x] = v;
  }
}

}  // namespace

void convert_reference(const capture::CpuImage& from, const RectPx& area, const YuvPlanes& to,
                       const Coefficients& colour) noexcept {
  for (std::uint32_t y = area.y; y < area.y + area.height; y += 2) {
    for (std::uint32_t x = area.x; x < area.x + area.width; x += 2) {
      Bgr sum;
      for (std::uint32_t dy = 0; dy < 2; ++dy) {
        for (std::uint32_t dx = 0; dx < 2; ++dx) {
          const Bgr c = pixel(from, x + dx, y + dy);
          to.planes[0][std::size_t{y + dy} * to.stride_bytes[0] + x + dx] =
              static_cast<std::uint8_t>((dot(colour.luma, c) + colour.luma_bias) >> kShift);
          sum = {sum.b + c.b, sum.g + c.g, sum.r + c.r};
        }
      }
      put_chroma(to, x / 2, y / 2, sum, colour);
    }
  }
}

}  // namespace pf::convert
