#include <string_view>

#include "client/gamestream/probe/command.h"
#include "client/probe/link_speed.h"
#include "client/probe/options.h"
#include "client/probe/probe.h"
#include "client/probe/show.h"

int main(int argc, char** argv) {
  using namespace pf::probe;
  if (argc > 1 && std::string_view(argv[1]) == "gamestream")
    return pf::gamestream_probe::run_command(argc - 1, argv + 1);
  int exit_code = kExitDone;
  const auto options = parse_options(
      "punktfunk-probe streams from a punktfunk host without a window, and tells how well it went.",
      argc, argv, exit_code);
  if (!options) return exit_code;
  if (options->speed_test)
    return show_speed("punktfunk-probe", *options, run_speed_test(*options), false);
  return show_outcome("punktfunk-probe", *options, run_probe(*options));
}
