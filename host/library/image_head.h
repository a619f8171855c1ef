// What the first bytes of a picture's file say: its format and size. A file of another kind, and a
// picture of a size that nobody draws as a game's art, is none. Pure; any thread.
//
// PNG third edition section 5.2 and 11.2.1; JPEG: ITU-T T.81 annex B; WebP: RFC 9649.
#pragma once

#include <optional>
#include <span>

#include "core/base/bytes.h"
#include "host/library/entry.h"

namespace pf::library {

struct ImageHead {
  ImageFormat format = ImageFormat::png;
  SizePx size_px;
};

// Larger than any art that launchers keep (Steam's widest is 3840 pixels); decoding a picture costs
// four bytes for each pixel.
inline constexpr std::uint32_t kMaxArtSidePx = 8192;
// Metadata come before the size in a JPEG: so many bytes are looked at.
inline constexpr std::size_t kImageHeadBytes = 256 * 1024;

// `bytes`: the beginning of the file, kImageHeadBytes or all of it. Empty: no picture of ours.
std::optional<ImageHead> parse_image_head(Bytes bytes);

}  // namespace pf::library
