// What a television shows without a transmitter: grey grains that no encoder can foresee, so that a
// stream takes every bit it may have.
//
// Rows of one table, each from another place in every frame: drawing costs no more than the copy.
#pragma once

#include <cstdint>
#include <vector>

#include "pattern/brush.h"

namespace pf::pattern {

class Snow {
 public:
  // How far grains may be from each other. At 1280x720 and 60 Hz x264 spends up to 130 Mbit/s on
  // this much, and three quarters of whatever it is given below: the rest it keeps in reserve.
  static constexpr std::uint32_t kContrast = 96;

  explicit Snow(const RectPx& area);
  // The same grains for the same frame.
  void draw(std::uint32_t frame_number, const Canvas& canvas) const noexcept;

 private:
  RectPx area_;
  std::vector<Colour> grains_;
};

}  // namespace pf::pattern
