// What the stream shall be like and where it goes: the options that every program shares which
// streams without a window.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "client/probe/options.h"
#include "core/base/result.h"

namespace pf::probe {

class StreamOptions {
 public:
  // Adds them to `app`, to be written into `options`: both outlive this, which must stay where it
  // is until the line is parsed.
  StreamOptions(CLI::App& app, Options& options);
  StreamOptions(const StreamOptions&) = delete;
  StreamOptions& operator=(const StreamOptions&) = delete;

  // After parsing. `malformed`: a mode, a change of it or a sound format that is none.
  Result<void> finish();

 private:
  Options& options_;
  std::string mode_ = "1280x720@60";
  int mic_packet_ms_ = 10;
  std::vector<std::string> changes_;
  std::string lossless_;
  std::string script_path_;
  std::string stall_decode_, stall_present_;
};

// That sound is judged; for `app`, into `options`, which outlives it.
void add_audio_check_options(CLI::App& app, SoundOptions& options);

// How a speed test is made; for `app`, into `options`, which outlives it.
void add_speed_test_options(CLI::App& app, Options& options);

}  // namespace pf::probe
