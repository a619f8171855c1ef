#include "tools/pattern/options.h"

#include <charconv>
#include <string_view>

#include "pattern/layout.h"

namespace pf::pattern_client {

const char* const kHelp =
    "Usage: punktfunk-pattern [OPTIONS]\n"
    "\n"
    "Shows the coded picture on a Wayland compositor, full screen: every frame carries its number "
    "and the time it\n"
    "was drawn, so that whoever decodes the stream can tell which frames arrived, whole and in "
    "order, and how old\n"
    "they were. Ends on SIGTERM, or when its window is closed.\n"
    "\n"
    "  --size WxH    size where the compositor leaves it to us (default 1280x720, at least "
    "320x180)\n"
    "  --fps N       draw at most N frames per second (default: each time the compositor asks)\n"
    "  --static      draw once and keep showing it\n"
    "  --snow        snow instead of rings: every picture takes all the bits it may have\n"
    "  --stats FILE  keep FILE up to date with what was drawn, as JSON:\n"
    "                {\"frames_drawn\": N, \"first_number\": A, \"last_number\": B}\n"
    "  --help        this text\n"
    "\n"
    "Example, in a desktop of the host's own:\n"
    "  punktfunk-host serve --headless -- punktfunk-pattern --stats /tmp/drawn.json\n";

namespace {

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<SizePx> size_of(std::string_view text) {
  const std::size_t cross = text.find('x');
  if (cross != std::string_view::npos) {
    const auto width = number_of(text.substr(0, cross)), height = number_of(text.substr(cross + 1));
    if (width && height && pattern::fits({*width, *height})) return SizePx{*width, *height};
  }
  return fail(ErrorKind::malformed, "--size wants WxH from {}x{} to {}x{}, like 1280x720, not '{}'",
              pattern::kSmallestPx.width, pattern::kSmallestPx.height, pattern::kLargestPx.width,
              pattern::kLargestPx.height, text);
}

Result<std::uint32_t> fps_of(std::string_view text) {
  const auto fps = number_of(text);
  if (fps && *fps >= 1 && *fps <= kMostFps) return *fps;
  return fail(ErrorKind::malformed, "--fps wants a number from 1 to {}, not '{}'", kMostFps, text);
}

Result<void> take_value(Options& options, std::string_view name, std::string_view value) {
  if (name == "--size") {
    PF_TRY(options.size_px, size_of(value));
  } else if (name == "--fps") {
    PF_TRY(options.fps, fps_of(value));
  } else {
    options.stats_path = value;
  }
  return {};
}

}  // namespace

Result<Options> parse_options(std::span<const char* const> arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    if (name == "--help") {
      options.help = true;
    } else if (name == "--static") {
      options.still = true;
    } else if (name == "--snow") {
      options.scene = pattern::Painter::Scene::snow;
    } else if (name == "--size" || name == "--fps" || name == "--stats") {
      if (i + 1 == arguments.size()) return fail(ErrorKind::malformed, "{} wants a value", name);
      PF_TRY_VOID(take_value(options, name, arguments[++i]));
    } else {
      return fail(ErrorKind::malformed, "unknown argument '{}': see punktfunk-pattern --help",
                  name);
    }
  }
  return options;
}

}  // namespace pf::pattern_client
