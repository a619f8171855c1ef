// What a client's screen is: its size in pixels and its rate as a fraction, since 59.94 Hz is
// 60000/1001.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"

namespace pf {

struct SizePx {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  auto operator<=>(const SizePx&) const = default;
};

struct RefreshRate {
  std::uint32_t numerator = 0;  // Hz = numerator / denominator
  std::uint32_t denominator = 1;
  auto operator<=>(const RefreshRate&) const = default;
  double hz() const noexcept { return static_cast<double>(numerator) / denominator; }
  Nanos period() const noexcept {
    return Nanos(static_cast<std::int64_t>(1'000'000'000ull * denominator / numerator));
  }
};

struct DisplayMode {
  SizePx size_px;
  RefreshRate refresh;
  auto operator<=>(const DisplayMode&) const = default;
};

// "1280x720@60", "1920x1080@59.94" or "1920x1080@60000/1001". 59.94 and its kin (23.98, 29.97,
// 119.88) mean the NTSC fractions that they abbreviate. `malformed` says what is wrong and how a
// mode is written.
Result<DisplayMode> parse_display_mode(std::string_view text);

// The inverse: "1280x720@60", "1920x1080@60000/1001".
std::string to_string(const DisplayMode& mode);

struct RectPx {
  std::uint32_t x = 0, y = 0, width = 0, height = 0;
  auto operator<=>(const RectPx&) const = default;
};

}  // namespace pf
