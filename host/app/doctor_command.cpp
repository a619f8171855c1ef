#include "host/app/doctor_command.h"

#include <unistd.h>
#include <csignal>

#include <cstdio>
#include <map>

#include "core/runtime/system_clock.h"
#include "host/app/choose_backends.h"
#include "host/app/environment.h"
#include "host/app/host_id.h"
#include "host/app/log_sink.h"
#include "host/app/options.h"
#include "host/app/session_offer.h"
#include "host/app/sound_server.h"
#include "host/doctor/patient.h"
#include "host/doctor/report.h"

namespace pf::app {
namespace {

using doctor::State;
using doctor::Step;
using Json = nlohmann::ordered_json;

std::vector<std::string> rung_names() {
  std::vector<std::string> names;
  for (const doctor::Rung& rung : doctor::rungs()) names.emplace_back(rung.name);
  return names;
}

std::string footer() {
  return "Examples:\n"
         "  punktfunk-host doctor\n"
         "      looks at everything, and stops at the first thing that is broken\n"
         "  punktfunk-host doctor --json | jq '.rungs[] | select(.state == \"failed\")'\n"
         "  punktfunk-host doctor --only ports --only sound_server\n\n"
         "The rungs are described in docs/doctor.md. It needs no client and no running host, and "
         "disturbs none.\n\n"
         "Exit codes: 0 the host works (also with warnings), 1 a rung failed, 2 the command line "
         "is wrong.";
}

std::string json_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

// Shows the ladder while it is climbed.
class Screen {
 public:
  explicit Screen(const DoctorCommand& command)
      : command_(command), terminal_(isatty(STDOUT_FILENO) != 0) {}

  void tell(const Step& step) const {
    if (command_.events) return print(json_line(doctor::to_json(step)));
    if (command_.json) return;
    if (step.finding.state == State::running) {
      if (terminal_) print(fmt::format("         …        {}", step.rung->name));
      return;
    }
    print((terminal_ ? "\r\x1b[K" : "") + doctor::to_text(step, terminal_));
  }

  void end(const std::vector<Step>& steps) const {
    if (command_.events) return print(json_line(doctor::to_json(steps)));
    if (!command_.json) return print(doctor::summary(steps));
    print(doctor::to_json(steps).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  }

 private:
  const DoctorCommand& command_;
  const bool terminal_;
};

doctor::Surroundings surroundings_of(const DoctorCommand& command, const Clock& clock, Rng& rng) {
  auto sockets = admin_sockets();
  const WireTime now(clock.now().since_epoch() + wire_offset_now());
  return {.paths = find_paths(),
          .config_file = command.config_file,
          .overrides = command.overrides,
          .admin_sockets = sockets ? *std::move(sockets) : std::vector<std::string>(),
          .wall_clock = command.wall_clock_s ? WireTime(seconds(*command.wall_clock_s)) : now,
          .probe_display = probe_display,
          .choose_backends = choose_backends,
          .offer = offer_of,
          .start_sound_server =
              [](const config::HostConfig& config, HealthBoard& board, const Clock& own_clock) {
                return start_sound_server(config, true, board, own_clock);
              },
          .check_host_id = [&rng](const std::string& folder) -> Result<void> {
            PF_TRY_VOID(load_or_make_host_id(folder, rng));
            return {};
          }};
}

}  // namespace

DoctorOptions::DoctorOptions(CLI::App& app)
    : verb_(app.add_subcommand("doctor",
                               "find out what is broken on this machine, and what mends "
                               "it; needs no client and no running host")) {
  static const std::map<std::string, log::Level> kLevels{{"debug", log::Level::debug},
                                                         {"info", log::Level::info},
                                                         {"warning", log::Level::warning},
                                                         {"error", log::Level::error}};
  verb_->add_flag("--json", command_.json, "for programs: one document, when all is done");
  verb_->add_flag("--events", command_.events,
                  "for programs: a line of JSON when a rung begins and ends, then the document");
  verb_->add_option("--only", command_.only, "ask only this rung; once for each")
      ->type_name("RUNG")
      ->expected(1)
      ->take_all()
      ->check(CLI::IsMember(rung_names()));
  verb_->add_flag("--keep-going", command_.keeps_going, "go on after a rung that failed");
  verb_->add_option("--port", port_, "UDP port for QUIC, as serve --port (network.port)");
  verb_->add_option("--bind", bind_, "numeric address, as serve --bind (network.bind_address)");
  verb_->add_option("--run-as", run_as_, "user that the desktop runs as, as serve --run-as")
      ->type_name("USER");
  verb_
      ->add_option("--config", command_.config_file,
                   "read this file instead of the user's host.toml")
      ->type_name("FILE");
  verb_->add_option("--set", command_.overrides, "one setting for this run, as serve --set")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all();
  verb_
      ->add_option("--log-level", command_.log_level,
                   "write what the host's parts say: debug, info, warning or error")
      ->transform(CLI::CheckedTransformer(kLevels, CLI::ignore_case))
      ->type_name("LEVEL");
  // For tests: what a machine with a wrong clock would read. Not shown.
  verb_->add_option("--wall-clock", command_.wall_clock_s)->group("");
  verb_->footer(footer());
}

std::optional<DoctorCommand> DoctorOptions::command() const {
  if (!verb_->parsed()) return std::nullopt;
  DoctorCommand command = command_;
  if (port_) command.overrides.push_back("network.port=" + *port_);
  if (bind_) command.overrides.push_back("network.bind_address=" + *bind_);
  if (run_as_) command.overrides.push_back("desktop.run_as=" + *run_as_);
  return command;
}

int run_doctor(const DoctorCommand& command) {
  std::optional<LogSink> logs;  // gone after everything that writes to it
  if (command.log_level) logs.emplace(*command.log_level);
  // A limit is something to be told, not the end of us.
  for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
  const SystemClock clock;
  SystemRng rng;
  const Screen screen(command);
  std::vector<Step> steps;
  {
    doctor::Patient patient(surroundings_of(command, clock, rng), clock, rng);
    steps = doctor::climb(patient, {.only = command.only, .keeps_going = command.keeps_going},
                          [&](const Step& step) { screen.tell(step); });
  }
  screen.end(steps);
  return doctor::verdict(steps) == State::failed ? kExitFailed : kExitDone;
}

}  // namespace pf::app
