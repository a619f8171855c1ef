// The command line of punktfunk-pattern.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "core/base/display_mode.h"
#include "core/base/result.h"
#include "pattern/painter.h"

namespace pf::pattern_client {

inline constexpr std::uint32_t kMostFps = 1000;

struct Options {
  SizePx size_px{1280, 720};         // where the compositor leaves the size to us
  std::optional<std::uint32_t> fps;  // empty: as often as the compositor asks
  bool still = false;                // draw once
  pattern::Painter::Scene scene = pattern::Painter::Scene::rings;
  std::string stats_path;  // empty: none
  bool help = false;
};

extern const char* const kHelp;

// `malformed` with a sentence that names the argument.
Result<Options> parse_options(std::span<const char* const> arguments);

}  // namespace pf::pattern_client
