#include "pattern/brush.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "pattern/font.h"

namespace pf::pattern {
namespace {

std::uint32_t* row_of(const Canvas& canvas, std::size_t y) noexcept {
  return reinterpret_cast<std::uint32_t*>(canvas.pixels + y * canvas.stride_bytes);
}

}  // namespace

void fill(const Canvas& canvas, const RectPx& area, Colour colour) noexcept {
  if (area.width == 0 || area.height == 0) return;
  std::uint32_t* const first = row_of(canvas, area.y) + area.x;
  std::fill_n(first, area.width, colour);
  for (std::uint32_t y = 1; y < area.height; ++y) {
    std::memcpy(row_of(canvas, area.y + y) + area.x, first, std::size_t{area.width} * 4);
  }
}

Dot::Dot(double diameter_px) : side_px_(static_cast<std::uint32_t>(std::ceil(diameter_px))) {
  cover_.resize(std::size_t{side_px_} * side_px_);
  const double centre = side_px_ / 2.0;
  for (std::uint32_t y = 0; y < side_px_; ++y) {
    for (std::uint32_t x = 0; x < side_px_; ++x) {
      const double distance = std::hypot(x + 0.5 - centre, y + 0.5 - centre);
      const double cover = std::clamp(diameter_px / 2 - distance + 0.5, 0.0, 1.0);
      cover_[std::size_t{y} * side_px_ + x] = static_cast<std::uint16_t>(std::lround(cover * 256));
    }
  }
}

void Dot::draw(const Canvas& canvas, std::int64_t x, std::int64_t y, Colour colour,
               std::uint32_t strength) const noexcept {
  const std::int64_t side = side_px_;
  const std::int64_t top = std::max<std::int64_t>(0, -y);
  const std::int64_t bottom = std::min<std::int64_t>(side, canvas.size_px.height - y);
  const std::int64_t left = std::max<std::int64_t>(0, -x);
  const std::int64_t right = std::min<std::int64_t>(side, canvas.size_px.width - x);
  for (std::int64_t dy = top; dy < bottom; ++dy) {
    std::uint32_t* const row = row_of(canvas, static_cast<std::size_t>(y + dy));
    const std::uint16_t* const cover = &cover_[static_cast<std::size_t>(dy * side)];
    for (std::int64_t dx = left; dx < right; ++dx) {
      row[x + dx] = mix(row[x + dx], colour, cover[dx] * strength >> 8);
    }
  }
}

void draw_text(const Canvas& canvas, std::uint32_t x, std::uint32_t y, std::uint32_t pitch_px,
               const Dot& dot, Colour colour, std::string_view text) noexcept {
  for (const char character : text) {
    const Glyph& glyph = glyph_of(character);
    for (std::uint32_t row = 0; row < kGlyphRows; ++row) {
      for (std::uint32_t column = 0; column < kGlyphColumns; ++column) {
        if ((glyph[row] >> (kGlyphColumns - 1 - column) & 1) == 0) continue;
        dot.draw(canvas, x + column * pitch_px, y + row * pitch_px, colour);
      }
    }
    x += kGlyphAdvance * pitch_px;
  }
}

}  // namespace pf::pattern
