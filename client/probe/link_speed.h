// Measures the way from a host, as a client that is about to stream would.
#pragma once

#include <cstdint>
#include <string>

#include "client/probe/options.h"
#include "core/control/speed_test_client.h"

namespace pf::probe {

struct SpeedReport {
  std::string host;
  std::string fingerprint;  // empty: nobody let us in
  std::uint32_t target_kbps = 0;
  control::SpeedTested tested;
  std::uint32_t advised_kbps = 0;  // for video; 0: nothing was measured
};

struct SpeedOutcome {
  int exit_code = kExitDone;
  std::string sentence;  // why, unless done
  SpeedReport report;
};

// Blocks until the host has answered, or long enough in vain.
SpeedOutcome run_speed_test(const Options& options);

std::string to_json(const SpeedReport& report);
std::string to_table(const SpeedReport& report);

// What came of it, on the standard streams and in options.json; `json_to_stdout` instead of a
// table. Answers the exit code.
int show_speed(const char* program, const Options& options, const SpeedOutcome& outcome,
               bool json_to_stdout);

}  // namespace pf::probe
