#include "client/app/options.h"

#include <CLI/CLI.hpp>

namespace pf::client_app {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  punktfunk hosts                    which hosts announce themselves on this network\n"
    "  punktfunk hosts --watch --json     a line of JSON for each host that comes, changes or "
    "goes\n"
    "\n"
    "Exit codes: 0 done, 1 a file or the network could not be used, 2 the command line is wrong,\n"
    "3 nobody answered, 4 the host refused or ended the session, 5 the host is not the one we "
    "know.";

}  // namespace

std::optional<Command> parse_options(int argc, char** argv, int& exit_code) {
  CLI::App app{"punktfunk streams the desktop of a punktfunk host to this machine."};
  app.set_version_flag("--version", "punktfunk " PF_VERSION);
  app.require_subcommand(1);
  app.footer(kFooter);

  HostsOptions hosts;
  CLI::App* hosts_verb = app.add_subcommand("hosts", "list the hosts on this network");
  hosts_verb->add_flag("--json", hosts.json, "for programs: JSON instead of a table");
  hosts_verb->add_flag("--watch", hosts.watch, "go on, with a line for each change, until Ctrl-C");
  hosts_verb->add_option("--seconds", hosts.seconds, "how long to look")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? kExitDone : kExitUsage;
    return std::nullopt;
  }
  return hosts;
}

}  // namespace pf::client_app
