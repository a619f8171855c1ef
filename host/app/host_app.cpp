#include "host/app/host_app.h"

#include <sys/signalfd.h>
#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "core/base/hex.h"
#include "core/identity/identity_file.h"
#include "core/runtime/files.h"
#include "core/runtime/log.h"
#include "core/runtime/system_clock.h"
#include "core/runtime/unique_fd.h"
#include "host/access/access_store.h"
#include "host/admin/admin_socket.h"
#include "host/app/choose_backends.h"
#include "host/app/environment.h"
#include "host/app/follow_settings.h"
#include "host/app/gamestream.h"
#include "host/app/host_id.h"
#include "host/app/library.h"
#include "host/app/live_backends.h"
#include "host/app/management.h"
#include "host/app/session_trace.h"
#include "host/app/sound_server.h"
#include "host/app/terms.h"
#include "host/app/undo_command.h"
#include "host/audio/pipewire/mic_node.h"
#include "host/blackbox/blackbox.h"
#include "host/config/live_config.h"
#include "host/config/paths.h"
#include "host/discovery/announcer.h"
#include "host/discovery/machine_facts.h"
#include "host/display/display.h"
#include "host/doctor/doctor_run.h"
#include "host/native/native_door.h"
#include "host/pipeline/mic_worker.h"
#include "host/recorder/recorder.h"
#include "host/session/roster.h"
#include "host/stills/still_maker.h"
#include "host/trust/trust_registry.h"

namespace pf::app {
namespace {

// SIGTERM and SIGINT as something to wait for. Before any thread is started: threads inherit the
// mask.
UniqueFd block_end_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error like a full disk
  return UniqueFd(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}

Result<Endpoint> listen_address(const config::NetworkConfig& network) {
  const std::string host = network.bind_address.find(':') == std::string::npos
                               ? network.bind_address
                               : "[" + network.bind_address + "]";
  const auto endpoint = Endpoint::parse(fmt::format("{}:{}", host, network.port));
  if (!endpoint) {
    return fail(ErrorKind::refused, "network.bind_address: \"{}\" is no numeric address",
                network.bind_address);
  }
  return *endpoint;
}

void warn_of_dangers(const config::HostConfig& config, const Options& options) {
  if (geteuid() == 0 && config.desktop.run_as.empty() && config.display.backend != "synthetic") {
    log::warning("host",
                 "running as root: the desktop and every program in it are root's as well. "
                 "Use --run-as USER to give them to somebody else");
  }
  if (config.session.open && options.verb == Verb::serve) {
    log::warning("host", "open: whoever reaches this port may watch");
  }
  if (options.verb == Verb::serve && !options.headless) {
    log::info(
        "host",
        "no running desktop can be streamed yet: serving a desktop of our own, as with --headless");
  }
}

// Empty: nobody could reach the host by it, or nobody shall know of it.
std::unique_ptr<discovery::Announcer> start_announcer(
    const config::HostConfig& config, const Options& options, const Endpoint& address,
    const std::optional<Endpoint>& gamestream, const crypto::Identity& identity,
    const std::string& host_id, HealthBoard& board, const Clock& clock) {
  if (!config.network.mdns || options.verb != Verb::serve) return nullptr;
  if (!discovery::can_be_announced(address)) {
    log::info("host", "not announced over mDNS: clients elsewhere cannot reach {}",
              address.to_string());
    return nullptr;
  }
  message::HostAdvert advert;
  advert.protocol = message::kAdvertProtocol;
  advert.fingerprint = crypto::fingerprint(identity.certificate_der);
  advert.pairing_required = !config.session.open;
  advert.id = host_id;
  const auto os_release = read_small_file("/etc/os-release");
  advert.os = discovery::os_chain(os_release ? *os_release : std::string());
  advert.macs = discovery::wake_macs();
  return std::make_unique<discovery::Announcer>(
      discovery::Announcement{.display_name = display_name(config),
                              .listen = address,
                              .advert = std::move(advert),
                              .gamestream = gamestream},
      board, clock);
}

void write_trace(const std::string& folder, const session::SessionReport& report) {
  const std::string path = fmt::format("{}/session-{}.json", folder, report.number);
  if (auto written = replace_file(path, trace_json(report), FileMode::shared); !written) {
    log::error("host", "{}", written.error().what);
  }
}

// For a doctor that is to look at what this host was told.
std::vector<std::string> doctor_options(const Options& options) {
  std::vector<std::string> words;
  if (!options.config_file.empty()) words = {"--config", options.config_file};
  for (const std::string& setting : options.overrides) {
    words.push_back("--set");
    words.push_back(setting);
  }
  return words;
}

WireTime wall_time(const Clock& clock) {
  return WireTime(clock.now().since_epoch() + wire_offset_now());
}

// A mistake in the settings is the user's to mend; everything else is a failure of ours or of the
// machine.
struct Failed {
  int exit_code;
  Error error;
};

tl::expected<void, Failed> serve(const Options& options, LogSink& logs) {
  const auto failed = [](Error error) {
    return tl::unexpected(Failed{kExitFailed, std::move(error)});
  };
  const auto misused = [](Error error) {
    return tl::unexpected(Failed{kExitUsage, std::move(error)});
  };

  auto paths = find_paths();
  if (!paths) return failed(paths.error());
  const std::string& file = options.config_file.empty() ? paths->config_file : options.config_file;
  const auto sockets = admin_sockets();
  if (!sockets) return failed(sockets.error());
  const SystemClock clock;
  HealthBoard board;
  const auto live = config::LiveConfig::open(file, options.overrides, board, clock);
  if (!live) return misused(live.error());
  const config::HostConfig config = (*live)->now()->in_force;
  logs.set_level(*log::parse_level(config.log.level));  // one of the setting's choices
  if (auto made = make_private_folder(paths->state_dir); !made) return failed(made.error());
  auto terms = door_terms(config);
  if (!terms) return misused(terms.error());
  auto rules = library_rules(config);
  if (!rules) return misused(rules.error());
  auto identity =
      identity::load_or_make(paths->state_dir + "/identity.pem", crypto::host_names(machine_name()),
                             "pair all clients anew");
  if (!identity) return failed(identity.error());
  const auto tls =
      quic::TlsIdentity::from_pem(identity->certificate_pem, identity->key_pem.reveal());
  if (!tls) return failed(tls.error());
  SystemRng rng;
  const auto host_id = load_or_make_host_id(paths->state_dir, rng);
  if (!host_id) return failed(host_id.error());
  const auto listen = listen_address(config.network);
  if (!listen) return misused(listen.error());
  const auto trust = trust::TrustRegistry::open(paths->state_dir, rng);
  if (!trust) return failed(trust.error());
  const auto access = access::AccessStore::open(paths->state_dir, rng);
  if (!access) return failed(access.error());
  const auto journal = open_undo_journal(paths->state_dir);
  if (!journal) return failed(journal.error());
  undo_left_overs(**journal);
  auto chosen = choose_backends(config, journal->get());
  if (!chosen) return failed(chosen.error());
  LiveBackends live_backends(*std::move(chosen));
  const pipeline::Backends backends = live_backends.functions();

  const UniqueFd signals = block_end_signals();
  // Before any other thread of ours, and ended last: everything that sounds uses it.
  const auto sound_server =
      start_sound_server(config, options.verb == Verb::serve && options.headless, board, clock);
  if (!sound_server) log::warning("host", "no sound: {}", sound_server.error().what);
  Doorbell over_bell;
  pipeline::MicWorker microphone(audio::pipewire::mic_backend({}, clock), board, clock,
                                 config.microphone.enabled);
  recorder::Recorder recorder(paths->state_dir, board, clock);
  blackbox::BlackBox blackbox(paths->state_dir, blackbox_rules(config), board, clock);
  session::Roster roster({.rules = roster_rules(config),
                          .open_display = backends.open_display,
                          .journal = journal->get(),
                          .recorder = &recorder,
                          .blackbox = &blackbox},
                         board, clock, [&](const session::SessionReport& report) {
                           if (options.trace_dir) write_trace(*options.trace_dir, report);
                           over_bell.ring();
                         });
  stills::StillMaker stills([&](unsigned session) { return roster.capture_target(session); },
                            backends.open_source, board, clock);
  // What it finds goes the way of new settings, to all who offer it.
  const auto library = open_library(
      *std::move(rules), [&] { (*live)->install_again(); }, board, clock);
  auto door = native::NativeDoor::open({.listen = *listen,
                                        .max_sessions = options.max_sessions,
                                        .terms = *std::move(terms),
                                        .backends = backends,
                                        .microphone = &microphone},
                                       *tls, **trust, roster, board, clock, rng);
  if (!door) return failed(door.error());
  const auto gamestream = GameStream::open(config, {.state_dir = paths->state_dir,
                                                    .host_name = display_name(config),
                                                    .host_id = *host_id,
                                                    .backends = backends,
                                                    .trust = **trust,
                                                    .roster = roster,
                                                    .library = *library,
                                                    .board = board,
                                                    .clock = clock,
                                                    .rng = rng});
  if (!gamestream) return failed(gamestream.error());
  const auto nvhttp = *gamestream ? std::optional((*gamestream)->address()) : std::nullopt;
  std::unique_ptr<discovery::Announcer> announcer;
  const auto announce = [&](const config::HostConfig& now) {
    announcer.reset();  // one at a time has the name
    announcer = start_announcer(now, options, (*door)->address(), nvhttp, *identity, *host_id,
                                board, clock);
  };
  announce(config);
  KnownEncoders known_encoders;
  doctor::DoctorRun doctor(doctor_options(options));
  admin::Administration administration(
      {.version = PF_VERSION,
       .name = machine_name(),
       .id = *host_id,
       .address = (*door)->address().to_string(),
       .fingerprint = crypto::fingerprint(identity->certificate_der),
       .gamestream = nvhttp ? nvhttp->to_string() : std::string()},
      {.sessions = {
           .list = [&] { return roster.sessions(); },
           .end = [&](unsigned number) { return roster.end_session(number); },
           .steer = [&](unsigned number,
                        const session::OperatorWish& wish) { return roster.steer(number, wish); },
           .work = [&] { return roster.work_counts(); },
           .microphone = [&] { return microphone.status(); }},
       .pins = *gamestream ? (*gamestream)->pins() : admin::PinControl(),
       .equipment = {
           .displays = [&] { return look_at_displays((*live)->now()->in_force); },
           .encoders = [&] { return known_encoders.list((*live)->now()->in_force.video.encoder); }},
       .stills = {.newest = [&](unsigned session) { return stills.newest(session); },
                  .cost = [&] { return stills.cost(); }},
       .logs = {.ring = &logs.ring(),
                .level = [&] { return logs.level(); },
                .set_level = [&](log::Level level) { logs.set_level(level); }},
       .recorder = &recorder,
       .blackbox = &blackbox,
       .doctor = {.status = [&] { return doctor.status(); },
                  .start = [&] { return doctor.start(wall_time(clock)); }},
       .library = control_of(*library)},
      **live, **trust, **access, board, clock);
  const config::LiveConfig::Following following(**live,
                                                follow_settings({.backends = live_backends,
                                                                 .journal = journal->get(),
                                                                 .roster = roster,
                                                                 .blackbox = blackbox,
                                                                 .door = **door,
                                                                 .gamestream = gamestream->get(),
                                                                 .microphone = microphone,
                                                                 .logs = logs,
                                                                 .library = *library,
                                                                 .announce = announce}));
  if (options.verb == Verb::serve) library->scan();
  const admin::AdminSocket admin_socket(sockets->front(), administration, board, clock);
  const auto management = open_management(config, options, (*door)->address(), *identity,
                                          administration, **access, rng, board, clock);
  warn_of_dangers(config, options);

  std::printf("ready: address=%s fingerprint=%s\n", (*door)->address().to_string().c_str(),
              to_hex(crypto::fingerprint(identity->certificate_der)).c_str());
  std::fflush(stdout);
  while (!(*door)->done() && !over_bell.wait_with(signals.get(), seconds(1))) {
  }
  log::info("host", "ending");
  return {};
}

}  // namespace

int run_host(const Options& options, LogSink& logs) {
  const auto served = serve(options, logs);
  if (served) return kExitDone;
  std::fprintf(stderr, "punktfunk-host: %s\n", served.error().error.what.c_str());
  return served.error().exit_code;
}

}  // namespace pf::app
