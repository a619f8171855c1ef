#include "client/probe/stream_options.h"

#include <cmath>

#include "client/probe/input_player.h"
#include "core/message/media.h"

namespace pf::probe {
namespace {

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

Result<message::AudioFormat> parse_sound_format(const std::string& text) {
  const std::size_t slash = text.find('/');
  message::AudioFormat format;
  if (slash == std::string::npos ||
      !CLI::detail::lexical_cast(text.substr(0, slash), format.rate_hz) ||
      (text.substr(slash) != "/16" && text.substr(slash) != "/24")) {
    return fail(ErrorKind::malformed, "\"{}\" is no format of sound: write 48000/16 or 96000/24",
                text);
  }
  format.bits = text.substr(slash) == "/24" ? 24 : 16;
  return format;
}

Result<std::optional<Stall>> parse_stall(const std::string& text) {
  if (text.empty()) return std::optional<Stall>();
  const std::size_t colon = text.find(':');
  Stall stall;
  int length_ms = 0;
  if (colon == std::string::npos || !CLI::detail::lexical_cast(text.substr(0, colon), stall.at_s) ||
      !CLI::detail::lexical_cast(text.substr(colon + 1), length_ms) || !(stall.at_s >= 0) ||
      length_ms < 1 || length_ms > 10'000)
    return fail(ErrorKind::malformed, "\"{}\" is no stall: write SECONDS:MS, as in 3:250", text);
  stall.length = milliseconds(length_ms);
  return std::optional(stall);
}

}  // namespace

StreamOptions::StreamOptions(CLI::App& app, Options& options) : options_(options) {
  app.add_option("--mode", mode_, "screen to ask for, in pixels and whole Hz")
      ->type_name("WxH@Hz")
      ->capture_default_str();
  app.add_option(
         "--switch", changes_,
         "change the screen's mode so many seconds after the first picture; may be repeated")
      ->type_name("WxH@Hz:SECONDS")
      ->expected(1)
      ->take_all();
  app.add_option("--launch", options_.launch,
                 "application that the host is to start, by its name; without: its desktop")
      ->type_name("NAME");
  app.add_option("--keyframe", options_.keyframes_at_s,
                 "ask the host for a key frame so many seconds after the first picture; may be "
                 "repeated")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, 1e6))
      ->expected(1)
      ->take_all();
  app.add_option("--stall-decode", stall_decode_,
                 "let the decoder do nothing for so long, as a busy device would")
      ->type_name("SECONDS:MS");
  app.add_option("--stall-present", stall_present_,
                 "let the screen of --panel stand still for so long")
      ->type_name("SECONDS:MS");
  app.add_flag("--detach", options_.detach,
               "leave as somebody who comes back: the host may keep the desktop for a while");
  app.add_option("--input-script", script_path_,
                 "do what this file says, from the first picture on, and stream at least until it "
                 "is done (docs/input-scripts.md)")
      ->type_name("FILE");
  app.add_option("--seconds", options_.seconds, "how long to stream, from the first picture on")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  app.add_option("--bitrate", options_.bitrate_kbps,
                 "video rate to ask for; 0 leaves it to the host")
      ->type_name("KBPS")
      ->check(CLI::Range(0, 8'000'000));
  app.add_flag("--mic", options_.mic,
               "send the default microphone to the host's, which is called punktfunk-mic there");
  app.add_flag("--mic-test", options_.mic_test, "send it a tone of 440 Hz instead");
  app.add_option("--mic-packet", mic_packet_ms_, "length of each packet of that sound")
      ->type_name("MS")
      ->check(CLI::IsMember({5, 10, 20}))
      ->capture_default_str();
  app.add_option("--record", options_.record,
                 "write the stream, as received, to this Matroska file")
      ->type_name("FILE");
  app.add_option("--snapshot", options_.snapshot, "write the last picture to this PNG file")
      ->type_name("FILE");
  app.add_option("--audio-channels", options_.sound.channel_count, "stereo, 5.1 or 7.1")
      ->type_name("2|6|8")
      ->check(CLI::IsMember({2, 6, 8}))
      ->capture_default_str();
  app.add_option("--audio-lossless", lossless_,
                 "ask for samples instead of Opus; a host that cannot sends Opus")
      ->type_name("HZ/BITS");
  app.add_option("--audio-wav", options_.sound.wav, "write the sound, as played, to this WAV file")
      ->type_name("FILE");
  app.add_option("--json", options_.json, "write all figures to this file")->type_name("FILE");
  app.add_flag("--quiet", options_.quiet, "no progress and no table");
}

void add_audio_check_options(CLI::App& app, SoundOptions& options) {
  app.add_flag("--audio-check", options.check,
               "judge the sound: it is to be a tone on each channel, without gap or click");
  app.add_option("--audio-tones", options.tones_hz,
                 "what tone is expected on each channel; one for all, or one for each")
      ->type_name("HZ[,HZ...]")
      ->delimiter(',')
      ->check(CLI::Range(60.0, 20'000.0));
  app.add_flag("--audio-play", options.play, "play the sound on this machine");
}

void add_speed_test_options(CLI::App& app, Options& options) {
  app.add_option("--test-kbps", options.speed_test_kbps,
                 "what the host sends in a speed test; more than the way can carry finds its limit")
      ->type_name("KBPS")
      ->check(CLI::Range(1'000, 10'000'000))
      ->capture_default_str();
  app.add_option("--test-seconds", options.speed_test_seconds, "for how long")
      ->check(CLI::Range(0.2, 5.0))
      ->capture_default_str();
}

Result<void> StreamOptions::finish() {
  PF_TRY(options_.mode, parse_mode(mode_));
  options_.mic_packet = milliseconds(mic_packet_ms_);
  PF_TRY(options_.stall_decode, parse_stall(stall_decode_));
  PF_TRY(options_.stall_present, parse_stall(stall_present_));
  for (const std::string& text : changes_) {
    PF_TRY(const ModeChange change, parse_change(text));
    options_.changes.push_back(change);
  }
  if (!lossless_.empty()) {
    PF_TRY(options_.sound.lossless, parse_sound_format(lossless_));
  }
  const std::size_t tones = options_.sound.tones_hz.size();
  if (tones > 1 && tones != options_.sound.channel_count) {
    return fail(ErrorKind::malformed, "{} tones for {} channels: give one for each, or one for all",
                tones, options_.sound.channel_count);
  }
  if (!script_path_.empty()) {
    PF_TRY(options_.script, read_input_script(script_path_, options_.mode.size_px));
  }
  return {};
}

}  // namespace pf::probe
