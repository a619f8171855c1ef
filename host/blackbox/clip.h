// A clip: what a black box held, saved as a file that plays, with the trace of the same span. Plain
// data.
#pragma once

#include <cstdint>
#include <string>

#include "host/recorder/recording.h"

namespace pf::blackbox {

struct Clip {
  enum class State : std::uint8_t { saving, ready, failed };
  enum class Why : std::uint8_t {
    asked,
    hitch,  // the host's own idea
  };
  std::string id;  // host/recorder/saved_id.h
  recorder::SessionFacts session;
  Why why = Why::asked;
  State state = State::saving;
  std::string error;             // of one that failed, a sentence
  std::int64_t saved_at_s = 0;   // since 1970
  std::int64_t began_at_us = 0;  // likewise: its first picture was captured
  std::int64_t length_ms = 0;
  std::uint64_t frames = 0;
  bool sound = false;
  std::uint64_t bytes = 0, trace_bytes = 0;  // 0 until it is ready
  std::string path;                          // of the video

  bool operator==(const Clip&) const = default;
};

}  // namespace pf::blackbox
