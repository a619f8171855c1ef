#include "host/gamestream/server/box_art.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace pf::gamestream {
namespace {

constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n";

// --- PNG (W3C, third edition) with a palette of four colours and stored blocks (RFC 1951 section
// 3.2.4): 30 kB for a picture that is made once, and no library for it.

std::uint32_t crc_of(std::string_view bytes) {  // annex D, bit by bit
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
  }
  return ~crc;
}

std::uint32_t adler_of(std::string_view bytes) {  // RFC 1950 section 9
  std::uint32_t a = 1, b = 0;
  for (const char c : bytes) {
    a = (a + static_cast<unsigned char>(c)) % 65521;
    b = (b + a) % 65521;
  }
  return b << 16 | a;
}

std::string big(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
          static_cast<char>(value >> 8), static_cast<char>(value)};
}

std::string chunk(std::string_view type, std::string_view data) {
  const std::string body = std::string(type) + std::string(data);
  return big(static_cast<std::uint32_t>(data.size())) + body + big(crc_of(body));
}

std::string stored(std::string_view bytes) {
  constexpr std::size_t kMaxBlock = 0xFFFF;
  std::string out = "\x78\x01";
  for (std::size_t at = 0; at < bytes.size(); at += kMaxBlock) {
    const std::string_view block = bytes.substr(at, kMaxBlock);
    const auto size = static_cast<std::uint16_t>(block.size());
    const auto other = static_cast<std::uint16_t>(~size);
    out += at + kMaxBlock >= bytes.size() ? '\x01' : '\x00';
    for (const std::uint16_t value : {size, other}) {
      out += static_cast<char>(value & 0xFF);
      out += static_cast<char>(value >> 8);
    }
    out += block;
  }
  return out + big(adler_of(bytes));
}

// --- The picture, in the proportions of a game's box.

constexpr int kWidth = 300, kHeight = 400;
constexpr std::string_view kPalette("\x16\x18\x1d\x2b\x30\x3b\x59\xc9\xa5\xee\xf1\xf6", 12);
enum Colour : unsigned { ground = 0, glass = 1, light = 2, frame = 3 };

struct Box {
  int left, top, right, bottom, radius;
  bool has(int x, int y) const {
    if (x < left || x >= right || y < top || y >= bottom) return false;
    const int dx = x < left + radius ? left + radius - x : x - (right - 1 - radius);
    const int dy = y < top + radius ? top + radius - y : y - (bottom - 1 - radius);
    return dx <= 0 || dy <= 0 || dx * dx + dy * dy <= radius * radius;
  }
};

// Painted in this order: a screen on its foot, a bar and a window on it.
struct Shape {
  Box box;
  Colour colour;
};
constexpr std::array<Shape, 7> kShapes{{
    {{45, 110, 255, 250, 12}, frame},
    {{53, 118, 247, 242, 6}, glass},
    {{53, 230, 247, 242, 0}, frame},
    {{72, 138, 168, 202, 6}, light},
    {{78, 148, 162, 196, 3}, ground},
    {{136, 250, 164, 280, 0}, frame},
    {{100, 280, 200, 290, 5}, frame},
}};

Colour colour_at(int x, int y) {
  Colour colour = ground;
  for (const Shape& shape : kShapes) {
    if (shape.box.has(x, y)) colour = shape.colour;
  }
  return colour;
}

std::string draw() {
  constexpr int kPixelsPerByte = 4;
  static_assert(kWidth % kPixelsPerByte == 0);
  std::string rows;
  for (int y = 0; y < kHeight; ++y) {
    rows += '\0';  // no filter
    for (int x = 0; x < kWidth; x += kPixelsPerByte) {
      unsigned packed = 0;
      for (int i = 0; i < kPixelsPerByte; ++i) packed = packed << 2 | colour_at(x + i, y);
      rows += static_cast<char>(packed);
    }
  }
  return rows;
}

}  // namespace

std::string default_box_art() {
  constexpr std::string_view kTwoBitPalette("\x02\x03\x00\x00\x00", 5);
  return std::string(kSignature) +
         chunk("IHDR", big(kWidth) + big(kHeight) + std::string(kTwoBitPalette)) +
         chunk("PLTE", kPalette) + chunk("IDAT", stored(draw())) + chunk("IEND", "");
}

}  // namespace pf::gamestream
