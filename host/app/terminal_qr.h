// A QR code (ISO/IEC 18004) that a terminal shows and a telephone reads.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace pf::app {

// Lines of half blocks, each two modules high, dark on light whatever the terminal's colours are,
// with the quiet zone around them. Empty: more than a code of 40 versions holds.
std::string terminal_qr(const std::string& content);

// The same for a square of modules, row by row, dark where not 0.
std::string draw_modules(std::span<const std::uint8_t> modules, std::size_t width);

}  // namespace pf::app
