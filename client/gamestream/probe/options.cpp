#include "client/gamestream/probe/options.h"

#include <cstdio>
#include <cstdlib>

#include <CLI/CLI.hpp>

#include "client/probe/input_player.h"
#include "client/probe/stream_options.h"
#include "client/trust/client_identity.h"

namespace pf::gamestream_probe {
namespace {

using gamestream_client::kEncryptAudio;
using gamestream_client::kEncryptVideo;

constexpr const char* kFooter =
    "Examples:\n"
    "  punktfunk-probe gamestream pair --connect tv-box:47989 --pin 0427\n"
    "  punktfunk-probe gamestream list --connect tv-box:47989\n"
    "  punktfunk-probe gamestream stream --connect tv-box:47989 --seconds 5 --json facts.json\n"
    "\n"
    "Exit codes: 0 done, 1 a file could not be written, the stream broke, or the host said\n"
    "what a stock client could not understand, 2 the command line is wrong, 3 nobody answered,\n"
    "4 the host refused or ended the stream, 6 --audio-check heard something else than the tone.";

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// What only parsing the whole line makes plain.
struct Words {
  std::string mode = "1280x720@60";
  std::string encryption = "least";
  std::string quality = "high";
  std::string script;
  bool legacy_control = false;
  bool no_invalidation = false;
};

void add_stream_options(CLI::App& app, Options& options, Words& words) {
  app.add_option("--json", options.json, "write all figures to this file")->type_name("FILE");
  app.add_flag("--quiet", options.quiet, "no table");
  app.add_option("--app", options.app, "its name in the host's list")->capture_default_str();
  app.add_option("--verb", options.verb, "launch, resume, or what fits the host's state")
      ->check(CLI::IsMember({"auto", "launch", "resume"}))
      ->capture_default_str();
  app.add_option("--mode", words.mode, "screen to ask for")
      ->type_name("WxH@HZ")
      ->capture_default_str();
  app.add_option("--seconds", options.seconds, "how long to stream, from the first picture on")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  app.add_option("--bitrate", options.wish.bitrate_kbps, "as the user of a client sets it")
      ->type_name("KBPS")
      ->check(CLI::Range(500, 800'000))
      ->capture_default_str();
  app.add_option("--packet-size", options.wish.packet_size, "of video; a multiple of 16")
      ->type_name("BYTES")
      ->check(CLI::Range(128, 1392))
      ->capture_default_str();
  app.add_option("--slices", options.wish.slices_per_frame, "of each frame")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  app.add_option("--encryption", words.encryption, "what the host demands, or all it offers")
      ->check(CLI::IsMember({"least", "full"}))
      ->capture_default_str();
  app.add_flag("--legacy-control", words.legacy_control,
               "seal the control stream as clients of before do");
  app.add_flag("--no-invalidation", words.no_invalidation,
               "mend losses with key frames only, as clients do whose decoder can nothing else");
  app.add_flag("--play-on-host", options.play_on_host, "let the host be heard, too");
  app.add_flag("--quit", options.quit_afterwards, "quit the application afterwards");
  app.add_option("--input-script", words.script,
                 "do what this file says, from the first picture on (docs/input-scripts.md)")
      ->type_name("FILE");
  app.add_option("--audio-channels", options.sound.channel_count, "stereo, 5.1 or 7.1")
      ->type_name("2|6|8")
      ->check(CLI::IsMember({2, 6, 8}))
      ->capture_default_str();
  app.add_option("--audio-quality", words.quality, "low or high")
      ->check(CLI::IsMember({"low", "high"}))
      ->capture_default_str();
  app.add_option("--audio-packet", options.wish.audio_packet_ms, "length of packets of sound")
      ->type_name("MS")
      ->check(CLI::IsMember({5, 10}))
      ->capture_default_str();
  app.add_option("--audio-wav", options.sound.wav, "write the sound to this WAV file")
      ->type_name("FILE");
  app.add_flag("--audio-check", options.sound.check,
               "judge the sound: it is to be a tone on each channel, without gap or click");
  app.add_option("--audio-tones", options.sound.tones_hz,
                 "what tone is expected on each channel; one for all, or one for each")
      ->type_name("HZ[,HZ...]")
      ->delimiter(',')
      ->check(CLI::Range(60.0, 20'000.0));
  app.add_option("--record", options.record, "write the stream to this Matroska file")
      ->type_name("FILE");
  app.add_option("--snapshot", options.snapshot, "write one picture to this PNG file")
      ->type_name("FILE");
}

Result<void> finish(Options& options, const Words& words) {
  auto& wish = options.wish;
  PF_TRY(wish.mode, parse_display_mode(words.mode));
  if (wish.packet_size % 16 != 0)
    return fail(ErrorKind::malformed, "{} is no packet size: it has to be a multiple of 16",
                wish.packet_size);
  wish.encryption = words.encryption == "full" ? kEncryptVideo | kEncryptAudio : 0;
  wish.control_v2 = !words.legacy_control;
  wish.invalidates_references = !words.no_invalidation;
  wish.channel_count = options.sound.channel_count;
  wish.high_quality_sound = words.quality == "high";
  const std::size_t tones = options.sound.tones_hz.size();
  if (tones > 1 && tones != wish.channel_count)
    return fail(ErrorKind::malformed, "{} tones for {} channels: give one for each, or one for all",
                tones, wish.channel_count);
  if (!words.script.empty()) {
    PF_TRY(options.script, probe::read_input_script(words.script, wish.mode.size_px));
  }
  if (options.state.empty()) {
    PF_TRY(const std::string folder,
           trust::client_folder(environment("XDG_STATE_HOME"), environment("HOME")));
    options.state = folder + "/gamestream";
  }
  return {};
}

}  // namespace

std::optional<Options> parse_options(int argc, char** argv, int& exit_code) {
  CLI::App app{
      "punktfunk-probe gamestream is a client of GameStream hosts without a window: as strict as "
      "Moonlight, and it tells how well it went."};
  app.footer(kFooter);
  app.require_subcommand(1);
  Options options;
  Words words;
  const auto action = [&](const char* name, const char* what, Action value) {
    CLI::App* const sub = app.add_subcommand(name, what);
    sub->add_option("--connect", options.host, "the host, with its HTTP port")
        ->required()
        ->type_name("HOST:PORT");
    sub->add_option("--state", options.state, "where our identity and paired hosts are kept")
        ->type_name("FOLDER");
    sub->callback([&options, value] { options.action = value; });
    return sub;
  };
  action("info", "what the host says of itself", Action::info);
  action("pair", "pair with a PIN that is typed in at the host", Action::pair)
      ->add_option("--pin", options.pin, "four digits; without it one is drawn and shown")
      ->type_name("PIN");
  action("list", "the host's applications", Action::list);
  CLI::App* const art = action("art", "the picture of an application", Action::art);
  art->add_option("--app", options.app, "its name in the host's list")->capture_default_str();
  art->add_option("--file", options.art_file, "where to write it")->required();
  add_stream_options(*action("stream", "stream an application", Action::stream), options, words);
  action("quit", "quit the application that runs at the host", Action::quit);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? probe::kExitDone : probe::kExitUsage;
    return std::nullopt;
  }
  if (const auto finished = finish(options, words); !finished) {
    std::fprintf(stderr, "%s\n", finished.error().what.c_str());
    exit_code = probe::kExitUsage;
    return std::nullopt;
  }
  return options;
}

}  // namespace pf::gamestream_probe
