// `punktfunk-host doctor`: looks at this machine rung by rung (host/doctor).
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/runtime/log.h"

namespace pf::app {

struct DoctorCommand {
  bool json = false;              // one document at the end
  bool events = false;            // a line of JSON for each turn, then the document
  std::vector<std::string> only;  // names of rungs; empty: all
  bool keeps_going = false;       // past a rung that failed
  std::string config_file;        // empty: the user's own
  std::vector<std::string> overrides;
  std::optional<std::int64_t> wall_clock_s;  // instead of the machine's
  std::optional<log::Level> log_level;       // empty: no log
};

// Its part of the command line.
class DoctorOptions {
 public:
  explicit DoctorOptions(CLI::App& app);
  // Empty: it was not asked for.
  std::optional<DoctorCommand> command() const;

 private:
  DoctorCommand command_;
  std::optional<std::string> port_, bind_, run_as_;
  CLI::App* verb_;
};

// Gives the exit code: kExitFailed when a rung failed.
int run_doctor(const DoctorCommand& command);

}  // namespace pf::app
