// A stretch of a session as a value: what went on, joined and judged. It is what is saved,
// downloaded and looked at while the session runs.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"
#include "host/recorder/hitch_finder.h"
#include "host/recorder/timeline.h"

namespace pf::recorder {

struct SessionFacts {
  unsigned number = 0;
  std::string door;    // "native" or "gamestream"
  std::string device;  // its name, fit to be shown; empty: it has none
  std::string mode;    // "1280x720@60"
  bool operator==(const SessionFacts&) const = default;
};

struct LossPoint {  // what the client told of the network
  LocalTime at;
  std::uint32_t loss_ppm = 0;  // of its packets, in the window that ended then
  bool operator==(const LossPoint&) const = default;
};

struct Recording {
  SessionFacts session;
  Nanos wire_offset{0};       // LocalTime + this = time since the Unix epoch
  bool client_tells = false;  // else the client's columns are empty
  // Ours says when programs drew and how late it was itself; of another compositor nobody can tell
  // what was late, a program or the compositor.
  bool desktop_tells = false;
  std::uint32_t clock_error_us = 0;  // of the client's instants, either way, at most
  std::vector<TimelineRow> rows;
  std::vector<LossPoint> losses;
  std::vector<Hitch> hitches;
};

// Which rows of a recording are shown.
struct Excerpt {
  std::uint64_t since = 0;    // the first frame number that is wanted
  std::size_t most_rows = 0;  // thinned evenly to so many, but for those that hitched; 0: all
};

// As people and programs are told it: the name of a stage, or "desktop" for what may be either of
// the first two.
const char* cause_of(const Recording& recording, const Hitch& hitch) noexcept;

// How long the rows last, from the first picture's beginning to the last one's.
Nanos span_of(const Recording& recording) noexcept;

// What docs/recorder.md describes: instants in microseconds since "began_at_us", null where nobody
// knows.
nlohmann::ordered_json to_json(const Recording& recording, const Excerpt& excerpt = {});

// The inverse, up to parts of a microsecond and what an excerpt left out. `malformed`: it is no
// recording of ours, or a damaged one.
Result<Recording> parse_recording(const nlohmann::ordered_json& json);

}  // namespace pf::recorder
