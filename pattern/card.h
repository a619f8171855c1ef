// The colour card: patches of known sRGB values, and the question how well a decoded picture kept
// them.
#pragma once

#include <cstdint>

#include "pattern/canvas.h"
#include "pattern/layout.h"

namespace pf::pattern {

struct Patch {
  const char* name;
  std::uint8_t r, g, b;
};

inline constexpr std::uint32_t kPatchCount = 12;

// The corners of the RGB cube, a middle grey, and skin, leaf and orange as published for the X-Rite
// ColorChecker (2005, sRGB).
inline constexpr Patch kPatches[kPatchCount] = {
    {"black", 0, 0, 0},       {"grey", 128, 128, 128}, {"white", 255, 255, 255},
    {"skin", 194, 150, 130},  {"red", 255, 0, 0},      {"green", 0, 255, 0},
    {"blue", 0, 0, 255},      {"leaf", 87, 108, 67},   {"cyan", 0, 255, 255},
    {"magenta", 255, 0, 255}, {"yellow", 255, 255, 0}, {"orange", 214, 126, 44},
};

struct CardCheck {
  double largest_error = 0;     // of any channel of any patch, in 8-bit code values
  const char* patch = nullptr;  // the one that has it
};

// Compares the mean of each patch's middle, converted with the exact BT.709 formula, with what was
// drawn. `picture.size_px` must fit.
CardCheck check_card(const YuvView& picture) noexcept;

}  // namespace pf::pattern
