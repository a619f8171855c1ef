#include "host/app/terminal_qr.h"

#include <qrencode.h>

#include <memory>
#include <vector>

namespace pf::app {
namespace {

constexpr std::size_t kQuietModules = 4;  // ISO/IEC 18004 section 5.3.8
constexpr const char* kDarkOnLight = "\x1b[30;107m";
constexpr const char* kPlain = "\x1b[0m";

}  // namespace

std::string draw_modules(std::span<const std::uint8_t> modules, std::size_t width) {
  const std::size_t side = width + 2 * kQuietModules;
  const auto dark = [&](std::size_t x, std::size_t y) {
    const std::size_t column = x - kQuietModules, row = y - kQuietModules;  // wraps: outside
    return column < width && row < width && modules[row * width + column] != 0;
  };
  // Upper, lower.
  constexpr const char* kBlocks[2][2] = {{" ", "▄"}, {"▀", "█"}};
  std::string text;
  for (std::size_t y = 0; y < side; y += 2) {
    text += kDarkOnLight;
    for (std::size_t x = 0; x < side; ++x) text += kBlocks[dark(x, y)][dark(x, y + 1)];
    text += kPlain;
    text += '\n';
  }
  return text;
}

std::string terminal_qr(const std::string& content) {
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeString8bit(content.c_str(), 0, QR_ECLEVEL_L), QRcode_free);
  if (code == nullptr) return {};
  const auto width = static_cast<std::size_t>(code->width);
  std::vector<std::uint8_t> modules(code->data, code->data + width * width);
  for (std::uint8_t& module : modules) module &= 1;  // the rest is the library's own
  return draw_modules(modules, width);
}

}  // namespace pf::app
