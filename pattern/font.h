// A tiny dot-matrix font: 5 x 7 dots for the few characters that the coded picture shows.
#pragma once

#include <array>
#include <cstdint>

namespace pf::pattern {

inline constexpr std::uint32_t kGlyphColumns = 5;
inline constexpr std::uint32_t kGlyphRows = 7;
inline constexpr std::uint32_t kGlyphAdvance = 6;  // dots from one character to the next

// Row by row from the top, bit 4 is the leftmost dot. Unknown characters are blank.
using Glyph = std::array<std::uint8_t, kGlyphRows>;
const Glyph& glyph_of(char character) noexcept;

}  // namespace pf::pattern
