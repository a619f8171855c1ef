#include "client/app/options.h"

#include <CLI/CLI.hpp>

#include "client/app/complain.h"
#include "client/probe/stream_options.h"

namespace pf::client_app {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  punktfunk hosts                    which hosts are known, or announce themselves here\n"
    "  punktfunk pair \"Living Room\"      asks for the PIN that punktfunk-host pair shows there\n"
    "  punktfunk connect \"Living Room\" --mode 1920x1080@60 --record film.mkv\n"
    "  punktfunk speed-test \"Living Room\" what the way from there carries\n"
    "  punktfunk hosts --watch --json     a line of JSON for each host that comes, changes or "
    "goes\n"
    "\n"
    "Exit codes: 0 done, 1 a file or the network could not be used, 2 the command line is wrong,\n"
    "3 nobody answered, 4 the host refused or ended the session, 5 the host is not one that this\n"
    "machine knows, 6 the PIN was wrong.";

constexpr const char* kHost =
    "its name on this network, or its address (port 9777 unless it says another)";

}  // namespace

std::optional<Command> parse_options(int argc, char** argv, int& exit_code) {
  CLI::App app{"punktfunk streams the desktop of a punktfunk host to this machine."};
  app.set_version_flag("--version", "punktfunk " PF_VERSION);
  app.require_subcommand(1);
  app.footer(kFooter);

  HostsOptions hosts;
  CLI::App* hosts_verb =
      app.add_subcommand("hosts", "list the hosts that are known, or announce themselves");
  hosts_verb->add_flag("--json", hosts.json, "for programs: JSON instead of a table");
  hosts_verb->add_flag("--watch", hosts.watch, "go on, with a line for each change, until Ctrl-C");
  hosts_verb->add_option("--seconds", hosts.seconds, "how long to look")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();

  hosts_verb->add_flag("--known", hosts.known_only, "only what is known: do not look around");

  PairOptions pair;
  CLI::App* pair_verb = app.add_subcommand("pair", "let this machine and a host trust each other");
  pair_verb->add_option("host", pair.host, kHost)->required()->type_name("HOST");
  pair_verb->add_option("--pin", pair.pin, "what the host shows; asked for when not given")
      ->type_name("PIN");
  pair_verb->add_option("--name", pair.name, "as the host shall call this machine")
      ->type_name("NAME");

  ForgetOptions forget;
  CLI::App* forget_verb = app.add_subcommand("forget", "trust a host no more");
  forget_verb->add_option("host", forget.host, "its name, id, address or fingerprint")
      ->required()
      ->type_name("HOST");

  ConnectOptions connect;
  CLI::App* connect_verb =
      app.add_subcommand("connect", "stream from a host, without a window, and tell how it went");
  connect_verb->add_option("host", connect.stream.host, kHost)->required()->type_name("HOST");
  connect_verb->add_flag("--trust", connect.trust,
                         "believe a host that is not known, and know it from now on");
  probe::StreamOptions stream(*connect_verb, connect.stream);
  bool silent = false;
  connect_verb->add_flag("--no-audio", silent, "do not play the host's sound on this machine");

  SpeedTestOptions speed;
  CLI::App* speed_verb = app.add_subcommand(
      "speed-test", "measure the way from a host, and advise on a bit rate; takes a second");
  speed_verb->add_option("host", speed.connect.stream.host, kHost)->required()->type_name("HOST");
  speed_verb->add_flag("--trust", speed.connect.trust,
                       "believe a host that is not known, and know it from now on");
  speed_verb->add_flag("--json", speed.json, "for programs: JSON instead of a table");
  probe::add_speed_test_options(*speed_verb, speed.connect.stream);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? kExitDone : kExitUsage;
    return std::nullopt;
  }
  if (pair_verb->parsed()) return pair;
  if (forget_verb->parsed()) return forget;
  if (hosts_verb->parsed()) return hosts;
  if (speed_verb->parsed()) return speed;
  if (const auto finished = stream.finish(); !finished) {
    exit_code = complain(kExitUsage, finished.error().what);
    return std::nullopt;
  }
  connect.stream.sound.play = !silent;
  return connect;
}

}  // namespace pf::client_app
