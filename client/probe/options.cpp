#include "client/probe/options.h"

#include <cstdio>

#include <CLI/CLI.hpp>
#include <cmath>

#include "core/message/media.h"

namespace pf::probe {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  punktfunk-probe --connect localhost:9777 --seconds 5\n"
    "  punktfunk-probe --connect tv-box:9777 --mode 1920x1080@120 --record film.mkv --json "
    "facts.json\n"
    "  punktfunk-probe --connect tv-box:9777 --pair 0427\n"
    "\n"
    "With punktfunk-pattern on the host's screen the picture itself says which frames were lost,\n"
    "repeated, reordered or torn, and how old it is.\n"
    "\n"
    "Exit codes: 0 streamed as long as asked, 1 a file could not be written or the stream broke,\n"
    "2 the command line is wrong, 3 nobody answered, 4 the host refused or ended the session,\n"
    "5 the host is not the one with this fingerprint.";

// The native protocol carries whole Hz only.
Result<DisplayMode> parse_mode(const std::string& text) {
  PF_TRY(const DisplayMode mode, parse_display_mode(text));
  if (message::whole_hz(mode.refresh)) return mode;
  return fail(ErrorKind::malformed,
              "the native protocol carries whole Hz only, not {}: ask for {} Hz", text,
              std::lround(mode.refresh.hz()));
}

Result<ModeChange> parse_change(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const auto wrong = [&] {
    return fail(ErrorKind::malformed, "\"{}\" is no change: write WxH@Hz:SECONDS", text);
  };
  if (colon == std::string::npos) return wrong();
  PF_TRY(const DisplayMode mode, parse_mode(text.substr(0, colon)));
  double at_s = 0;
  if (!CLI::detail::lexical_cast(text.substr(colon + 1), at_s) || !(at_s >= 0)) return wrong();
  return ModeChange{.mode = mode, .at_s = at_s};
}

int usage(const std::string& sentence) {
  std::fprintf(stderr, "%s\n", sentence.c_str());
  return kExitUsage;
}

}  // namespace

std::optional<Options> parse_options(const char* purpose, int argc, char** argv, int& exit_code) {
  CLI::App app{purpose};
  app.set_version_flag("--version", PF_VERSION);
  app.footer(kFooter);
  Options options;
  std::string mode = "1280x720@60";
  std::vector<std::string> changes;
  std::string fingerprint;
  app.add_option("--connect", options.host, "host to stream from")
      ->required()
      ->type_name("HOST:PORT");
  app.add_option("--mode", mode, "screen to ask for, in pixels and whole Hz")
      ->type_name("WxH@Hz")
      ->capture_default_str();
  app.add_option(
         "--switch", changes,
         "change the screen's mode so many seconds after the first picture; may be repeated")
      ->type_name("WxH@Hz:SECONDS")
      ->expected(1)
      ->take_all();
  app.add_flag("--detach", options.detach,
               "leave as somebody who comes back: the host may keep the desktop for a while");
  app.add_option("--seconds", options.seconds, "how long to stream, from the first picture on")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  app.add_option("--bitrate", options.bitrate_kbps,
                 "video rate to ask for; 0 leaves it to the host")
      ->type_name("KBPS")
      ->check(CLI::Range(0, 8'000'000));
  app.add_option("--fingerprint", fingerprint,
                 "the host's SHA-256 fingerprint; any other host is refused")
      ->type_name("HEX");
  app.add_option("--identity", options.identity,
                 "be the device of this PEM file, which is made if there is none: a host keeps the "
                 "desktop of a device that returns")
      ->type_name("FILE");
  app.add_option(
         "--pair", options.pin,
         "pair first, with the PIN that the host shows; the host is then remembered and its "
         "certificate pinned")
      ->type_name("PIN")
      ->check([](const std::string& pin) {
        const bool digits = pin.size() == 4 && pin.find_first_not_of("0123456789") == pin.npos;
        return digits ? std::string() : std::string("a PIN has four digits");
      });
  app.add_flag("--chacha20", options.chacha20, "ask for ChaCha20-Poly1305 instead of AES-128-GCM");
  app.add_option("--wait", options.wait_s,
                 "how long the host may take to let us in; 190 outlasts its wait for approval")
      ->type_name("SECONDS")
      ->check(CLI::Range(1.0, 3600.0))
      ->capture_default_str();
  app.add_option("--record", options.record, "write the stream, as received, to this Matroska file")
      ->type_name("FILE");
  app.add_option("--snapshot", options.snapshot, "write the last picture to this PNG file")
      ->type_name("FILE");
  app.add_option("--json", options.json, "write all figures to this file")->type_name("FILE");
  app.add_flag("--quiet", options.quiet, "no progress and no table");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? kExitDone : kExitUsage;
    return std::nullopt;
  }

  const auto parsed = parse_mode(mode);
  if (!parsed) {
    exit_code = usage(parsed.error().what);
    return std::nullopt;
  }
  options.mode = *parsed;
  for (const std::string& text : changes) {
    const auto change = parse_change(text);
    if (!change) {
      exit_code = usage(change.error().what);
      return std::nullopt;
    }
    options.changes.push_back(*change);
  }
  if (!fingerprint.empty()) {
    options.fingerprint = crypto::parse_fingerprint(fingerprint);
    if (!options.fingerprint) {
      exit_code =
          usage("a fingerprint is 64 hexadecimal digits, as the host prints it when it starts");
      return std::nullopt;
    }
  }
  return options;
}

}  // namespace pf::probe
