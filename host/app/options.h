// The command line of punktfunk-host.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "host/app/admin_options.h"
#include "host/app/apps_command.h"
#include "host/app/blackbox_command.h"
#include "host/app/config_command.h"
#include "host/app/doctor_command.h"
#include "host/app/library_command.h"
#include "host/app/record_command.h"
#include "host/app/undo_command.h"

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
};

// Exit codes, as --help and docs/administration.md promise them.
inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;  // could not start, or broke
inline constexpr int kExitUsage =
    2;  // the command line or the configuration says something impossible
inline constexpr int kExitNoHost = 3;     // administration: none runs
inline constexpr int kExitRefused = 4;    // administration: the host said no
inline constexpr int kExitNotPaired = 6;  // administration: the PIN was wrong, or not used in time

struct OpenApiCommand {};  // prints the document of the management API

using Command =
    std::variant<Options, AdminCommand, UndoCommand, AppsCommand, ConfigCommand, OpenApiCommand,
                 DoctorCommand, RecordCommand, LibraryCommand, BlackBoxCommand>;

// nullopt: there is nothing to run (help was shown, or a mistake explained); exit with `exit_code`.
std::optional<Command> parse_options(int argc, char** argv, int& exit_code);

}  // namespace pf::app
