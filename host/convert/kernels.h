// From the screen's RGB to the encoder's 4:2:0: BT.709 in limited range, or what a client asks for.
//
// Y' and the chroma of each 2 x 2 pixels in 15-bit fixed point, rounded once at the end: within ±1
// of the exact formula (core/base/bt709.h) and in practice equal to its rounding for all but a few
// values in a thousand. The mean of four pixels puts a chroma sample in their centre (H.264
// chroma_sample_loc_type 1).
//
// The encoder's sides are even. An odd side of the image is padded by repeating its last column or
// row.
//
// Why own kernels (720p, 1 thread of a Xeon with AVX2, ms per frame; kernels_bench.cpp): AVX2 0.21,
// the reference 2.4, zimg 1.1 together with splitting the planes that it wants, libyuv 0.18 but
// BT.601 only, swscale 2.3.
#pragma once

#include <cstdint>
#include <span>

#include "host/capture/raw_frame.h"
#include "host/convert/coefficients.h"

namespace pf::convert {

enum class ChromaLayout : std::uint8_t {
  nv12,  // one plane of U, V pairs
  i420,  // a plane each
};

enum class Matrix : std::uint8_t { bt601, bt709, bt2020 };  // the last: non-constant luminance
struct YuvColour {
  Matrix matrix = Matrix::bt709;
  bool full_range = false;
};
const Coefficients& coefficients_of(const YuvColour& colour) noexcept;

// Writable planes of a 4:2:0 picture, borrowed. Both sides of `size_px` are even.
struct YuvPlanes {
  SizePx size_px;
  ChromaLayout layout = ChromaLayout::nv12;
  std::uint8_t* planes[3] = {};  // Y, then UV (nv12) or U and V
  std::uint32_t stride_bytes[3] = {};
};

struct Kernel {
  const char* name;
  bool (*runs_here)() noexcept;
  // Converts `area`, given in pixels of `to`: even corner, even sides, within `to`. `from` is at
  // most one column and one row smaller than `to`, and not empty.
  void (*convert)(const capture::CpuImage& from, const RectPx& area, const YuvPlanes& to,
                  const Coefficients& colour) noexcept;
};

// All kernels, the reference first, the fastest last. They agree bit for bit.
std::span<const Kernel> kernels() noexcept;
const Kernel& fastest_kernel() noexcept;  // of those that run here

}  // namespace pf::convert
