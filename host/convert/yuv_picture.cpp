#include "host/convert/yuv_picture.h"

#include <algorithm>
#include <cstdlib>

#include "core/base/check.h"

namespace pf::convert {
namespace {

constexpr std::uint32_t kAlignBytes = 64;  // a cache line, and the widest vector
constexpr std::uint32_t kAlignPx = 16;     // one step of the vector kernel: damage grows to it

constexpr std::uint32_t align_up(std::uint32_t value, std::uint32_t to) noexcept {
  return (value + to - 1) / to * to;
}

// Even corners, and wide enough that the vector kernel leaves nothing over but the picture's own
// edge.
RectPx grown(const RectPx& damage, SizePx planes) noexcept {
  const std::uint32_t left = damage.x / kAlignPx * kAlignPx;
  const std::uint32_t top = damage.y & ~1u;
  const std::uint32_t right = std::min(planes.width, align_up(damage.x + damage.width, kAlignPx));
  const std::uint32_t bottom = std::min(planes.height, align_up(damage.y + damage.height, 2));
  return {left, top, right - left, bottom - top};
}

bool within(const RectPx& rect, SizePx size) noexcept {
  return rect.x <= size.width && rect.width <= size.width - rect.x && rect.y <= size.height &&
         rect.height <= size.height - rect.y;
}

}  // namespace

void YuvPicture::Free::operator()(std::uint8_t* memory) const noexcept { std::free(memory); }

YuvPicture::YuvPicture(SizePx size, ChromaLayout layout, const YuvColour& colour)
    : image_size_px_(size), kernel_(fastest_kernel()), colour_(coefficients_of(colour)) {
  planes_.size_px = even_size(size);
  planes_.layout = layout;
  const std::size_t height = planes_.size_px.height;
  const std::uint32_t stride = align_up(planes_.size_px.width, 2 * kAlignBytes);
  const bool pairs = layout == ChromaLayout::nv12;
  planes_.stride_bytes[0] = stride;
  planes_.stride_bytes[1] = pairs ? stride : stride / 2;
  planes_.stride_bytes[2] = pairs ? 0 : stride / 2;
  memory_.reset(static_cast<std::uint8_t*>(std::aligned_alloc(
      kAlignBytes, align_up(stride * static_cast<std::uint32_t>(height) * 3 / 2, kAlignBytes))));
  PF_CHECK(memory_ != nullptr);
  planes_.planes[0] = memory_.get();
  planes_.planes[1] = memory_.get() + stride * height;
  if (!pairs) planes_.planes[2] = planes_.planes[1] + stride / 2 * (height / 2);
}

Result<void> YuvPicture::update(const capture::CpuImage& image, const capture::Damage& damage_px) {
  if (image.size_px != image_size_px_) {
    return fail(ErrorKind::malformed, "a picture of {}x{} came where {}x{} was expected",
                image.size_px.width, image.size_px.height, image_size_px_.width,
                image_size_px_.height);
  }
  if (!filled_ || damage_px.empty()) {
    kernel_.convert(image, {0, 0, planes_.size_px.width, planes_.size_px.height}, planes_, colour_);
    filled_ = true;
    return {};
  }
  for (const RectPx& damage : damage_px) {
    if (!within(damage, image.size_px)) {
      return fail(ErrorKind::malformed, "damage at {},{} of {}x{} lies outside the picture",
                  damage.x, damage.y, damage.width, damage.height);
    }
    kernel_.convert(image, grown(damage, planes_.size_px), planes_, colour_);
  }
  return {};
}

}  // namespace pf::convert
