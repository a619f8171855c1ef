// The few strokes that the coded picture is made of. Rectangles must lie within the canvas; dots
// and text are clipped to it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "pattern/canvas.h"

namespace pf::pattern {

using Colour = std::uint32_t;  // 0xRRGGBB, as it lies in memory on little endian: B, G, R, 0

constexpr Colour mix(Colour from, Colour to, std::uint32_t share_256ths) noexcept {
  // Red and blue are far enough apart to be mixed at once.
  const std::uint32_t keep = 256 - share_256ths;
  const std::uint32_t rb = ((from & 0xFF00FF) * keep + (to & 0xFF00FF) * share_256ths) >> 8;
  const std::uint32_t g = ((from & 0x00FF00) * keep + (to & 0x00FF00) * share_256ths) >> 8;
  return (rb & 0xFF00FF) | (g & 0x00FF00);
}

void fill(const Canvas& canvas, const RectPx& area, Colour colour) noexcept;

// A round dot with soft edges, computed once and stamped often.
class Dot {
 public:
  explicit Dot(double diameter_px);
  // `x`, `y`: the top left corner of the square around it. `strength` 0…256.
  void draw(const Canvas& canvas, std::int64_t x, std::int64_t y, Colour colour,
            std::uint32_t strength = 256) const noexcept;
  std::uint32_t side_px() const noexcept { return side_px_; }

 private:
  std::uint32_t side_px_;
  std::vector<std::uint16_t> cover_;  // 0…256 per pixel
};

// Dot-matrix text with its dots `pitch_px` apart; `x`, `y`: its top left corner.
void draw_text(const Canvas& canvas, std::uint32_t x, std::uint32_t y, std::uint32_t pitch_px,
               const Dot& dot, Colour colour, std::string_view text) noexcept;

}  // namespace pf::pattern
