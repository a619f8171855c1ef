#include "host/library/image_head.h"

namespace pf::library {
namespace {

std::optional<SizePx> sound_size(std::uint32_t width, std::uint32_t height) {
  if (width == 0 || height == 0 || width > kMaxArtSidePx || height > kMaxArtSidePx)
    return std::nullopt;
  return SizePx{width, height};
}

bool begins(ByteReader& in, std::string_view with) { return as_text(in.take(with.size())) == with; }

// Signature, then IHDR first: its length and name, width, height.
std::optional<SizePx> png_size(ByteReader in) {
  constexpr std::string_view kBeginning("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", 16);
  if (!begins(in, kBeginning)) return std::nullopt;
  const auto width = in.big<std::uint32_t>(), height = in.big<std::uint32_t>();
  return sound_size(width, height);
}

// Markers of frame headers: C0 to CF, but for the tables DHT, JPG and DAC (table B.1).
bool is_frame(std::uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

std::optional<SizePx> jpeg_size(ByteReader in) {
  if (!begins(in, "\xFF\xD8")) return std::nullopt;
  while (in.ok() && in.remaining() > 0) {
    if (in.big<std::uint8_t>() != 0xFF) return std::nullopt;
    std::uint8_t marker = in.big<std::uint8_t>();
    while (marker == 0xFF && in.ok()) marker = in.big<std::uint8_t>();  // fill bytes, B.1.1.2
    const auto length_bytes = in.big<std::uint16_t>();                  // itself included
    if (!in.ok() || length_bytes < 2 || marker == 0xD9 || marker == 0xDA) return std::nullopt;
    if (is_frame(marker)) {
      static_cast<void>(in.big<std::uint8_t>());  // precision
      const auto height = in.big<std::uint16_t>(), width = in.big<std::uint16_t>();
      return sound_size(width, height);
    }
    in.take(length_bytes - 2u);
  }
  return std::nullopt;
}

std::uint32_t little_24(ByteReader& in) {
  const std::uint32_t low = in.little<std::uint16_t>();
  return low | std::uint32_t{in.little<std::uint8_t>()} << 16;
}

// RIFF header, then a chunk of one of three kinds (sections 2.5 to 2.7).
std::optional<SizePx> webp_size(ByteReader in) {
  if (!begins(in, "RIFF")) return std::nullopt;
  in.take(4);
  if (!begins(in, "WEBP")) return std::nullopt;
  const std::string_view kind = as_text(in.take(4));
  in.take(4);
  if (kind == "VP8X") {
    in.take(4);  // flags
    const std::uint32_t width = little_24(in) + 1, height = little_24(in) + 1;
    return in.ok() ? sound_size(width, height) : std::nullopt;
  }
  if (kind == "VP8L") {
    if (in.big<std::uint8_t>() != 0x2F) return std::nullopt;
    const auto bits = in.little<std::uint32_t>();
    if (!in.ok()) return std::nullopt;
    return sound_size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
  }
  if (kind == "VP8 ") {
    in.take(3);  // frame tag
    if (!begins(in, "\x9D\x01\x2A")) return std::nullopt;
    const std::uint32_t width = in.little<std::uint16_t>() & 0x3FFFu;
    const std::uint32_t height = in.little<std::uint16_t>() & 0x3FFFu;
    return sound_size(width, height);
  }
  return std::nullopt;
}

}  // namespace

std::optional<ImageHead> parse_image_head(Bytes bytes) {
  bytes = bytes.first(std::min(bytes.size(), kImageHeadBytes));
  const ByteReader in(bytes);
  if (const auto size = png_size(in)) return ImageHead{ImageFormat::png, *size};
  if (const auto size = jpeg_size(in)) return ImageHead{ImageFormat::jpeg, *size};
  if (const auto size = webp_size(in)) return ImageHead{ImageFormat::webp, *size};
  return std::nullopt;
}

}  // namespace pf::library
