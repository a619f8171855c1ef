#include "pattern/snow.h"

#include <cstring>

#include "core/base/rng.h"

namespace pf::pattern {
namespace {

// Starting places in the table: more than rows of a picture, so that few of them agree.
constexpr std::uint32_t kPlaces = 4096;
constexpr Colour kGrey = 128;

}  // namespace

Snow::Snow(const RectPx& area) : area_(area), grains_(area.width + kPlaces) {
  SeededRng rng(1);
  for (Colour& grain : grains_) {
    const auto shade = static_cast<Colour>(kGrey - kContrast / 2 + rng.below(kContrast + 1));
    grain = shade << 16 | shade << 8 | shade;
  }
}

void Snow::draw(std::uint32_t frame_number, const Canvas& canvas) const noexcept {
  SeededRng rng(frame_number);
  for (std::uint32_t row = area_.y; row < area_.y + area_.height; ++row) {
    std::byte* const to =
        canvas.pixels + std::size_t{row} * canvas.stride_bytes + std::size_t{area_.x} * 4;
    std::memcpy(to, grains_.data() + rng.below(kPlaces), std::size_t{area_.width} * 4);
  }
}

}  // namespace pf::pattern
