// The command line of punktfunk-host.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/runtime/log.h"

namespace pf::app {

enum class Verb { serve, measure };  // `serve`, and `punktfunk1-host` for tests and measurements

struct Options {
  Verb verb = Verb::serve;
  bool headless = false;
  std::string config_file;  // empty: the user's own
  std::vector<std::string>
      overrides;  // key=value, the later wins; what --port and its kin mean comes last
  std::optional<std::string> trace_dir;  // one JSON file for each session
  std::uint32_t max_sessions = 0;        // 0: until told to stop
  log::Level log_level = log::Level::info;
};

// Exit codes, as --help promises them.
inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;  // could not start, or broke
inline constexpr int kExitUsage =
    2;  // the command line or the configuration says something impossible

// nullopt: there is nothing to run (help was shown, or a mistake explained); exit with `exit_code`.
std::optional<Options> parse_options(int argc, char** argv, int& exit_code);

}  // namespace pf::app
