// A captured picture made small, and as a file.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "host/capture/raw_frame.h"

namespace pf::stills {

struct SmallPicture {
  SizePx size_px;
  std::vector<std::byte> bgrx;  // rows without gaps
};

// By a whole factor, the least that makes it at most `most_width_px` wide: each pixel is the mean
// of a square, and what is left over at the right and at the bottom is cut off. Never larger than
// it was. About half a millisecond for 1280x720.
SmallPicture shrink(const capture::CpuImage& image, std::uint32_t most_width_px);

// A JFIF file, for eyes: about 20 kB at 480x270.
Result<std::string> to_jpeg(const SmallPicture& picture);

}  // namespace pf::stills
