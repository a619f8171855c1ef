// What an operator may know of the microphone.
#pragma once

#include <cstdint>
#include <optional>

namespace pf::pipeline {

struct MicStatus {
  bool open = false;                // programs can see it
  bool recorded = false;            // and one records from it
  bool muted = false;               // somebody on the host has switched it off
  std::optional<unsigned> session;  // who speaks into it now
  // Of the last 100 ms or so, root mean square; -100 for silence.
  double level_dbfs = -100;
  std::uint64_t packets = 0;          // decoded
  std::uint64_t concealed = 0;        // lost on the way, and made up
  std::uint64_t garbage = 0;          // no Opus
  std::uint64_t dropped = 0;          // too many, too late, or of a session that may not speak now
  std::uint64_t heard_samples = 0;    // of 48 kHz, pushed while somebody recorded
  std::uint64_t unheard_samples = 0;  // and while nobody did
};

}  // namespace pf::pipeline
