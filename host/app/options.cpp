#include "host/app/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string_view>

#include "host/config/config_file.h"

namespace pf::app {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  punktfunk-host serve --headless --open -- foot\n"
    "      a desktop of its own with a terminal in it, for any client on the network\n"
    "  punktfunk-host serve --headless --run-as alice --set video.bitrate_kbps=40000\n"
    "      as root: the desktop and its programs belong to alice\n"
    "  punktfunk-host pair\n"
    "      lets a device in that knows the PIN which is shown\n"
    "\n"
    "Settings come from $XDG_CONFIG_HOME/punktfunk/host.toml, then --set, then the options above.\n"
    "docs/settings.md lists them all.\n"
    "\n"
    "Exit codes: 0 ended as asked, 1 could not start or broke, 2 the command line or a setting is "
    "wrong;\nthose of the administration: docs/administration.md.";

struct Raw {  // as CLI11 fills it
  std::optional<std::string> port, bind, run_as, log_level;
  bool open = false, no_mdns = false, gamestream = false;
  std::string source = "virtual";
  std::vector<std::string> command;
};

void add_common(CLI::App& verb, Options& options, Raw& raw) {
  verb.add_option("--port", raw.port, "UDP port for QUIC; 0 lets the system choose (network.port)");
  verb.add_option("--bind", raw.bind, "numeric address to listen on (network.bind_address)");
  verb.add_option("--run-as", raw.run_as,
                  "user that the desktop and its programs run as, when started by root")
      ->type_name("USER");
  verb.add_option("--config", options.config_file, "read this file instead of the user's host.toml")
      ->type_name("FILE");
  verb.add_option("--set", options.overrides,
                  "one setting for this run, such as video.bitrate_kbps=40000")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->allow_extra_args(false)  // else it takes the "--" before the command as its own end
      ->take_all();
  verb.add_option("--trace-dir", options.trace_dir,
                  "write session-N.json here: what became of every frame")
      ->type_name("FOLDER");
  verb.add_option("--log-level", raw.log_level, "debug, info, warning or error (log.level)")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->type_name("LEVEL");
  verb.footer(kFooter);
}

}  // namespace

std::optional<Command> parse_options(int argc, char** argv, int& exit_code) {
  CLI::App app{"punktfunk-host streams this machine's desktop to punktfunk clients."};
  app.set_version_flag("--version", "punktfunk-host " PF_VERSION);
  app.require_subcommand(1);
  app.footer(kFooter);

  Options options;
  Raw raw;
  CLI::App* serve = app.add_subcommand("serve", "stream until told to stop (Ctrl-C or SIGTERM)");
  serve->add_flag("--headless", options.headless, "make a desktop of our own for each client");
  serve->add_flag("--open", raw.open, "accept clients that are not paired (session.open)");
  serve->add_flag("--no-mdns", raw.no_mdns,
                  "do not announce the host on the local network (network.mdns)");
  serve->add_flag("--gamestream", raw.gamestream,
                  "serve stock Moonlight clients too, on networks that you trust "
                  "(gamestream.enabled)");
  serve->add_option("command", raw.command, "program to run in each client's desktop, after --")
      ->type_name("COMMAND ...");
  add_common(*serve, options, raw);

  CLI::App* measure =
      app.add_subcommand("punktfunk1-host", "an open host for tests and measurements");
  measure
      ->add_option("--source", raw.source,
                   "synthetic: draws the coded picture itself; virtual: a real desktop")
      ->check(CLI::IsMember({"synthetic", "virtual"}));
  measure->add_option("--max-sessions", options.max_sessions,
                      "end after so many sessions; 0: never");
  measure->add_option("command", raw.command, "program to run in each desktop, after --")
      ->type_name("COMMAND ...");
  add_common(*measure, options, raw);

  UndoCommand undo_command;
  CLI::App* undo = app.add_subcommand(
      "undo", "put back what a host that was killed has left changed on this machine");
  undo->add_flag("--json", undo_command.json, "for programs: what was undone, and what was not");
  undo->footer(
      "Examples:\n  punktfunk-host undo\n\nThe next host does the same when it starts.\n\n"
      "Exit codes: 0 nothing is left to undo, 1 something is, and the reason is shown.");

  AppsCommand apps_command;
  CLI::App* apps = app.add_subcommand("apps", "list the applications that clients may choose");
  apps->add_flag("--json", apps_command.json, "for programs: all that the configuration says");
  apps->add_option("--config", apps_command.config_file,
                   "read this file instead of the user's host.toml")
      ->type_name("FILE");
  apps->footer(
      "Examples:\n  punktfunk-host apps\n\nThey stand in [[app]] of the configuration: "
      "docs/settings.md. Desktop is always there.\n\n"
      "Exit codes: 0 listed, 2 the configuration is wrong, with its line.");
  ConfigCommand config_command;
  const CLI::App* config = add_config(app, config_command);
  const CLI::App* openapi = app.add_subcommand(
      "openapi", "print the OpenAPI document of the management API, needs no running host");

  const DoctorOptions doctor(app);
  const AdminOptions administration(app);
  const RecordOptions recording(app);
  const LibraryOptions library(app);
  const BlackBoxOptions blackbox(app);

  // What follows -- is not for the parser: of a subcommand it takes the first word as the program
  // and would read the program's own options as ours.
  char** const end = argv + argc;
  char** const mark =
      std::find_if(argv, end, [](const char* word) { return std::string_view(word) == "--"; });
  try {
    app.parse(static_cast<int>(mark - argv), argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? kExitDone : kExitUsage;
    return std::nullopt;
  }
  if (mark != end) {
    if (!serve->parsed() && !measure->parsed()) {
      std::fprintf(stderr, "punktfunk-host: only serve takes a program after --\n");
      exit_code = kExitUsage;
      return std::nullopt;
    }
    raw.command.insert(raw.command.end(), mark + 1, end);
  }
  if (undo->parsed()) return undo_command;
  if (apps->parsed()) return apps_command;
  if (config->parsed()) return config_command;
  if (openapi->parsed()) return OpenApiCommand{};
  if (auto command = doctor.command()) return *std::move(command);
  if (auto command = administration.command()) return *std::move(command);
  if (auto command = recording.command()) return *std::move(command);
  if (auto command = library.command()) return *std::move(command);
  if (auto command = blackbox.command()) return *std::move(command);
  options.verb = measure->parsed() ? Verb::measure : Verb::serve;

  if (raw.port) options.overrides.push_back("network.port=" + *raw.port);
  if (raw.bind) options.overrides.push_back("network.bind_address=" + *raw.bind);
  if (raw.run_as) options.overrides.push_back("desktop.run_as=" + *raw.run_as);
  if (!raw.command.empty())
    options.overrides.push_back("desktop.command=" + pf::config::toml_list(raw.command));
  if (raw.log_level) options.overrides.push_back("log.level=" + *raw.log_level);
  if (raw.gamestream) options.overrides.push_back("gamestream.enabled=true");
  if (raw.no_mdns) options.overrides.push_back("network.mdns=false");
  if (raw.open && options.verb == Verb::serve) options.overrides.push_back("session.open=true");
  if (options.verb == Verb::measure) {
    options.overrides.push_back("session.open=true");
    options.overrides.push_back(raw.source == "synthetic" ? "display.backend=synthetic"
                                                          : "display.backend=desktop");
  }
  return options;
}

}  // namespace pf::app
