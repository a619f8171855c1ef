// The encoder's own picture, kept from frame to frame: only what changed on the screen is converted
// into it.
#pragma once

#include <cstdint>
#include <memory>

#include "core/base/result.h"
#include "host/convert/kernels.h"

namespace pf::convert {

constexpr SizePx even_size(SizePx size) noexcept {
  return {(size.width + 1) & ~1u, (size.height + 1) & ~1u};
}

// One thread.
class YuvPicture {
 public:
  // For images of exactly `size`; the planes are even_size(size), black is not drawn.
  YuvPicture(SizePx size, ChromaLayout layout, const YuvColour& colour = {});

  // Brings the picture up to date. The first time, and with empty damage, all of it is converted.
  // `malformed` when the image has another size, or damage lies outside of it.
  Result<void> update(const capture::CpuImage& image, const capture::Damage& damage_px);

  const YuvPlanes& planes() const noexcept { return planes_; }
  bool filled() const noexcept { return filled_; }

 private:
  struct Free {
    void operator()(std::uint8_t* memory) const noexcept;
  };

  SizePx image_size_px_;
  const Kernel& kernel_;
  const Coefficients& colour_;
  std::unique_ptr<std::uint8_t, Free> memory_;
  YuvPlanes planes_;
  bool filled_ = false;
};

}  // namespace pf::convert
