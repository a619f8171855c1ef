// The command line of `punktfunk-probe gamestream`.
#pragma once

#include <optional>
#include <string>

#include "client/gamestream/protocol/stream_wish.h"
#include "client/input_script/input_script.h"
#include "client/probe/options.h"

namespace pf::gamestream_probe {

enum class Action { info, pair, list, art, stream, quit };

struct Options {
  Action action = Action::info;
  std::string host;   // "name-or-address:port", the HTTP port
  std::string state;  // folder of our identity and of the hosts we paired with
  std::string pin;    // empty: one is drawn and shown
  std::string app = "Desktop";
  std::string art_file;

  // Of a stream.
  gamestream_client::StreamWish wish;
  std::string verb = "auto";  // or "launch", "resume"
  bool play_on_host = false;
  bool quit_afterwards = false;
  double seconds = 10;
  probe::SoundOptions sound;
  std::optional<input_script::InputScript> script;
  std::string record, snapshot;  // files; empty: do not

  std::string json;
  bool quiet = false;
};

// As probe::parse_options() does; `argv` begins with the word "gamestream".
std::optional<Options> parse_options(int argc, char** argv, int& exit_code);

}  // namespace pf::gamestream_probe
