#include "core/base/display_mode.h"

#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>

namespace pf {
namespace {

std::optional<std::uint32_t> whole_number(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

// "60", "59.94", "60000/1001"
std::optional<RefreshRate> refresh_rate(std::string_view text) {
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    const auto numerator = whole_number(text.substr(0, slash));
    const auto denominator = whole_number(text.substr(slash + 1));
    if (!numerator || !denominator || *denominator == 0) return std::nullopt;
    return RefreshRate{*numerator, *denominator};
  }
  const auto point = text.find('.');
  const auto whole = whole_number(text.substr(0, point));
  if (!whole) return std::nullopt;
  if (point == std::string_view::npos) return RefreshRate{*whole, 1};

  const std::string_view digits = text.substr(point + 1);
  const auto part = whole_number(digits);
  if (!part || digits.size() > 3 || *whole > 1'000'000) return std::nullopt;
  std::uint32_t scale = 1;
  for (std::size_t i = 0; i < digits.size(); ++i) scale *= 10;
  const double hz = *whole + static_cast<double>(*part) / scale;
  const double ntsc = std::round(hz * 1.001) * 1000 / 1001;  // 59.94 abbreviates 60000/1001
  if (std::abs(ntsc - hz) < 0.006) {
    return RefreshRate{static_cast<std::uint32_t>(std::round(hz * 1.001)) * 1000, 1001};
  }
  const std::uint32_t numerator = *whole * scale + *part;
  const std::uint32_t common = std::gcd(numerator, scale);
  return RefreshRate{numerator / common, scale / common};
}

}  // namespace

Result<DisplayMode> parse_display_mode(std::string_view text) {
  const auto cross = text.find('x');
  const auto at = text.find('@');
  if (cross != std::string_view::npos && at != std::string_view::npos && cross < at) {
    const auto width = whole_number(text.substr(0, cross));
    const auto height = whole_number(text.substr(cross + 1, at - cross - 1));
    const auto rate = refresh_rate(text.substr(at + 1));
    if (width && height && rate) {
      if (*width == 0 || *height == 0 || rate->numerator == 0) {
        return fail(ErrorKind::malformed,
                    "the mode \"{}\" is empty: width, height and rate start at 1", text);
      }
      return DisplayMode{.size_px = {*width, *height}, .refresh = *rate};
    }
  }
  return fail(ErrorKind::malformed, "\"{}\" is no mode: write WIDTHxHEIGHT@HZ, such as 1280x720@60",
              text);
}

std::string to_string(const DisplayMode& mode) {
  const std::string size =
      fmt::format("{}x{}@{}", mode.size_px.width, mode.size_px.height, mode.refresh.numerator);
  return mode.refresh.denominator == 1 ? size
                                       : fmt::format("{}/{}", size, mode.refresh.denominator);
}

}  // namespace pf
