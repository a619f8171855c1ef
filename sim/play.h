// What happens in one run, drawn from a seed: the network, the session and the events in it. A play
// is a value, so it can be printed, and played again.
//
//   Outcome outcome = run(draw_mixed(7));
//   EXPECT_EQ(outcome.violations, "");
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/world.h"

namespace pf::sim {

// Events. Times are since the world's start.
struct CutPath {
  Nanos length{0};
};
struct ScreenStops {};
struct ScreenMoves {};
struct ClientRebinds {};
struct ClientRedials {};  // its program crashed: the session before gets no farewell
struct ClientLeaves {
  control::Leave how = control::Leave::quit;
};
struct HostEnds {
  message::CloseCode code = message::CloseCode::done;
};
struct ClientSays {
  message::ControlMessage message;
  int times = 1;
};
struct StrangerSends {
  std::vector<std::byte> datagram;
  bool as_neighbour = false;  // from the client's own address, another port
  int times = 1;
};
using Event = std::variant<CutPath, ScreenStops, ScreenMoves, ClientRebinds, ClientRedials,
                           ClientLeaves, HostEnds, ClientSays, StrangerSends>;

struct TimedEvent {
  Nanos at{0};
  Event event;
};

struct Play {
  Scenario scenario;
  std::vector<TimedEvent> events;  // in order
  Nanos length{0};
};

struct Outcome {
  std::string violations;   // a line each; empty: every promise was kept
  std::string summary;      // one line without its end, the trace's hash last
  std::string description;  // one line: what was drawn
  std::uint64_t trace_hash = 0;
  std::uint64_t frames_shown = 0;
  int sessions = 0;
};

Outcome run(const Play& play);

// One line: what the network does and when what happens.
std::string describe(const Play& play);

// Everything that this simulation can do, by chance.
Play draw_mixed(std::uint64_t seed);
// Every twentieth datagram is lost, at 720p60 and 20 Mbit/s.
Play draw_lossy(std::uint64_t seed);

// By name, for the command line and the tests.
struct PlayKind {
  std::string_view name;
  std::string_view what;  // one sentence
  Outcome (*play)(std::uint64_t seed);
};
std::span<const PlayKind> play_kinds();

}  // namespace pf::sim
