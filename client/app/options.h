// The command line of punktfunk.
#pragma once

#include <optional>
#include <variant>

#include "client/app/connect_command.h"
#include "client/app/exit_code.h"
#include "client/app/hosts_command.h"
#include "client/app/pair_command.h"

namespace pf::client_app {

struct SpeedTestOptions {
  ConnectOptions connect;
  bool json = false;
};

using Command =
    std::variant<HostsOptions, PairOptions, ForgetOptions, ConnectOptions, SpeedTestOptions>;

// nullopt: there is nothing to run (help was shown, or a mistake explained); exit with `exit_code`.
std::optional<Command> parse_options(int argc, char** argv, int& exit_code);

}  // namespace pf::client_app
