#include "client/probe/options.h"

#include <chrono>
#include <cstdio>

#include "client/probe/stream_options.h"

namespace pf::probe {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  punktfunk-probe --connect localhost:9777 --seconds 5\n"
    "  punktfunk-probe --connect tv-box:9777 --mode 1920x1080@120 --record film.mkv --json "
    "facts.json\n"
    "  punktfunk-probe --connect tv-box:9777 --pair 0427\n"
    "  punktfunk-probe --connect tv-box:9777 --speed-test\n"
    "  punktfunk-probe --connect tv-box:9777 --audio-check --audio-wav heard.wav\n"
    "  punktfunk-probe --connect tv-box:9777 --input-script hands.txt\n"
    "  punktfunk-probe gamestream --help\n"
    "\n"
    "With punktfunk-pattern on the host's screen the picture itself says which frames were lost,\n"
    "repeated, reordered or torn, and how old it is.\n"
    "\n"
    "An input script has one thing a line, each behind \"@SECONDS\" if it shall wait until then:\n"
    "  wait 0.5               key enter | key lshift down    text Hello\n"
    "  move 10 -3             moveto 640 360 [1280x720]      button left [down|up]\n"
    "  scroll vertical -1     touch 1 down 100 200 | move | touch 1 up      release\n"
    "\n"
    "Exit codes: 0 streamed as long as asked, 1 a file could not be written or the stream broke,\n"
    "2 the command line is wrong, 3 nobody answered, 4 the host refused or ended the session,\n"
    "5 the host is not the one with this fingerprint, 6 --audio-check heard something else than "
    "the\n"
    "tone.";

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
  StreamOptions stream(app, options);
  std::string fingerprint;
  double wait_s = 10;
  app.add_option("--connect", options.host, "host to stream from")
      ->required()
      ->type_name("HOST:PORT");
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
  app.add_option("--wait", wait_s,
                 "how long the host may take to let us in; 190 outlasts its wait for approval")
      ->type_name("SECONDS")
      ->check(CLI::Range(1.0, 3600.0))
      ->capture_default_str();
  app.add_option(
         "--panel", options.panel_hz,
         "act as if pictures were shown on a screen of this rate, and tell the host when it "
         "refreshes: the host then makes pictures come just before")
      ->type_name("HZ")
      ->check(CLI::Range(24.0, 500.0));
  add_speed_test_options(app, options);
  add_audio_check_options(app, options.sound);
  app.add_flag("--speed-test", options.speed_test,
               "measure the way from the host instead of streaming");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? kExitDone : kExitUsage;
    return std::nullopt;
  }

  if (const auto finished = stream.finish(); !finished) {
    exit_code = usage(finished.error().what);
    return std::nullopt;
  }
  options.patience = std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(wait_s));
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
