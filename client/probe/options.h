// The command line of punktfunk-probe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/input_script/input_script.h"
#include "core/base/display_mode.h"
#include "core/base/time.h"
#include "core/crypto/identity.h"
#include "core/message/media.h"

namespace pf::probe {

// A change of the screen's mode in mid-stream.
struct ModeChange {
  DisplayMode mode;
  double at_s = 0;  // since the first picture
};

// The host's sound, and what becomes of it here.
struct SoundOptions {
  bool play = false;             // on this machine's speakers
  bool check = false;            // whether it is the tone below
  std::vector<double> tones_hz;  // of each channel; empty: 440, and 110 more on each further one
  std::string wav;               // empty: do not write it
  std::uint8_t channel_count = 2;
  std::optional<message::AudioFormat> lossless;  // empty: Opus

  bool wanted() const noexcept { return play || check || !wav.empty(); }
};

// A part of this client that does nothing for a while.
struct Stall {
  double at_s = 0;  // since the first picture
  milliseconds length{0};
};

struct Options {
  std::string host;  // "name-or-address:port"
  DisplayMode mode{{1280, 720}, {60, 1}};
  double seconds = 10;
  std::uint32_t bitrate_kbps = 0;  // 0: the host's default
  std::optional<crypto::Fingerprint> fingerprint;
  std::string identity;             // file; empty: our own to hosts we paired with, else a stranger
  std::string pin;                  // to pair with first; empty: do not
  bool chacha20 = false;            // instead of AES
  std::vector<ModeChange> changes;  // in the order of the command line
  std::vector<double> keyframes_at_s;       // asked for then, since the first picture
  bool speed_test = false;                  // instead of streaming
  std::uint32_t speed_test_kbps = 200'000;  // what the host is to send
  double speed_test_seconds = 0.8;
  bool mic = false;       // the user's voice goes to the host's microphone
  bool mic_test = false;  // a tone instead
  milliseconds mic_packet{10};
  double panel_hz = 0;                               // of a screen that is made up; 0: none
  std::optional<Stall> stall_decode, stall_present;  // to see what a slow client looks like
  bool detach = false;                               // leave as somebody who comes back
  std::string record;                                // empty: do not
  std::string snapshot;                              // likewise
  std::string json;                                  // likewise
  SoundOptions sound;
  std::optional<input_script::InputScript> script;  // what to do meanwhile; none: look only
  bool quiet = false;
  std::string launch;  // application that the host is to start: its name; empty: its desktop
  std::string device_name = "punktfunk-probe";  // as the host shows us
  Nanos patience = pf::seconds(10);  // for the host's Welcome; a device that knocks waits longer
};

// Exit codes, as --help promises them.
enum Exit : int {
  kExitDone = 0,
  kExitFailed = 1,            // a file could not be written, or the stream broke
  kExitUsage = 2,             // the command line says something impossible
  kExitUnreachable = 3,       // nobody answered, or the connection fell silent
  kExitRefused = 4,           // the host said no, or ended the session
  kExitWrongFingerprint = 5,  // somebody else answered than the host we know
  kExitBadSound = 6,          // --audio-check: the tone did not come through whole
};

// nullopt: there is nothing to run (help was shown, or a mistake explained); exit with `exit_code`.
// `purpose` is the first line of --help: other programs take the same options.
std::optional<Options> parse_options(const char* purpose, int argc, char** argv, int& exit_code);

}  // namespace pf::probe
