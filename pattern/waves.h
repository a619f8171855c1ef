// The moving part that is there to be looked at: rings that spread from a dot.
//
// What is costly, a pixel's distance from the dot, is computed once into a map of shade and phase;
// a frame then is one table look-up per pixel (0.3 ms at 720p).
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/time.h"
#include "pattern/brush.h"

namespace pf::pattern {

class Waves {
 public:
  explicit Waves(const RectPx& area);
  void draw(Nanos at, const Canvas& canvas) const noexcept;

 private:
  static constexpr std::uint32_t kPhases = 128;  // of one wavelength
  static constexpr std::uint32_t kShades = 64;   // from the dot outwards

  RectPx area_;
  std::vector<std::uint16_t> map_;      // shade * kPhases + phase, per pixel of the area
  std::vector<std::uint32_t> colours_;  // by the same index
};

}  // namespace pf::pattern
