#include "client/gamestream/probe/command.h"

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "client/decode/libavcodec/libavcodec_decoder.h"
#include "client/gamestream/probe/known_hosts.h"
#include "client/gamestream/probe/options.h"
#include "client/gamestream/probe/report.h"
#include "client/gamestream/probe/sound.h"
#include "client/gamestream/probe/watch.h"
#include "client/probe/resolve.h"
#include "client/probe/show.h"
#include "core/runtime/system_clock.h"

namespace pf::gamestream_probe {
namespace {

using gamestream_client::AppEntry;
using gamestream_client::NvhttpClient;
using gamestream_client::ServerInfo;
using gamestream_client::SessionUrl;
using gamestream_client::StreamEnding;
using gamestream_client::StreamLink;

constexpr const char* kProgram = "punktfunk-probe gamestream";

int exit_code_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::refused:
      return error.os_code == ECONNREFUSED ? probe::kExitUnreachable : probe::kExitRefused;
    case ErrorKind::unavailable:
    case ErrorKind::lost:
    case ErrorKind::timed_out:
      return probe::kExitUnreachable;
    default:
      return probe::kExitFailed;
  }
}

// All that the actions share.
struct Machine {
  const Options& options;
  const Clock& clock;
  Rng& rng;
  KnownHosts known;
  Endpoint host;
  NvhttpClient nvhttp;
};

Result<std::int32_t> find_app(Machine& machine) {
  PF_TRY(const std::vector<AppEntry> apps, machine.nvhttp.app_list());
  for (const AppEntry& app : apps) {
    if (app.title == machine.options.app) return app.id;
  }
  return fail(ErrorKind::refused, "the host has no application \"{}\"", machine.options.app);
}

Result<void> show_info(Machine& machine) {
  PF_TRY(const ServerInfo info, machine.nvhttp.server_info());
  std::printf("%s, version %s, %s%s\n", info.host_name.c_str(), info.app_version.c_str(),
              info.paired ? "paired" : "not paired",
              info.busy ? fmt::format(", runs application {}", info.current_app).c_str() : "");
  return {};
}

Result<void> pair(Machine& machine) {
  PF_TRY_VOID(machine.nvhttp.server_info_in_the_clear());
  std::string pin = machine.options.pin;
  if (pin.empty()) pin = fmt::format("{:04}", machine.rng.below(10'000));
  std::printf("PIN %s: type it in at the host\n", pin.c_str());
  std::fflush(stdout);
  PF_TRY(const std::string certificate, machine.nvhttp.pair(pin));
  PF_TRY_VOID(machine.known.remember(machine.options.host, certificate));
  std::puts("paired");
  return {};
}

Result<void> list(Machine& machine) {
  PF_TRY_VOID(machine.nvhttp.server_info());
  PF_TRY(const std::vector<AppEntry> apps, machine.nvhttp.app_list());
  for (const AppEntry& app : apps) std::printf("%d %s\n", app.id, app.title.c_str());
  return {};
}

Result<void> fetch_art(Machine& machine) {
  PF_TRY_VOID(machine.nvhttp.server_info());
  PF_TRY(const std::int32_t app, find_app(machine));
  PF_TRY(const auto art, machine.nvhttp.app_asset(app));
  if (art.content_type.rfind("image/", 0) != 0)
    return fail(ErrorKind::malformed, "box art of the type \"{}\"", art.content_type);
  if (!probe::write_file(kProgram, machine.options.art_file, art.body))
    return fail(ErrorKind::internal, "the picture is not written");
  return {};
}

Result<void> quit(Machine& machine) {
  PF_TRY_VOID(machine.nvhttp.server_info());
  return machine.nvhttp.cancel();
}

// Launch or resume, as the host's state calls for unless the user said which.
Result<SessionUrl> start(Machine& machine, const gamestream_client::LaunchKeys& keys) {
  const Options& options = machine.options;
  PF_TRY(const ServerInfo info, machine.nvhttp.server_info());
  if (!info.paired)
    return fail(ErrorKind::refused, "the host does not know this client: pair first");
  PF_TRY(const std::int32_t app, find_app(machine));
  std::string verb = options.verb;
  if (verb == "auto") verb = info.busy ? "resume" : "launch";
  return machine.nvhttp.start(verb, app, options.wish, keys, options.play_on_host);
}

void show(const Report& report, const Options& options) {
  if (report.decoded > 0 && !options.quiet) std::fputs(to_table(report).c_str(), stdout);
  if (!options.json.empty()) probe::write_file(kProgram, options.json, to_json(report));
}

Result<int> judge(const Report& report, const std::string& trouble) {
  if (report.ending.cause != StreamEnding::Cause::ours) {
    const bool said = report.ending.cause == StreamEnding::Cause::host;
    return fail(said ? ErrorKind::refused : ErrorKind::lost, "{}", report.ending.sentence);
  }
  if (!trouble.empty()) return fail(ErrorKind::internal, "{}", trouble);
  const std::string complaint = report.sound ? probe::complaint(*report.sound) : std::string();
  if (complaint.empty()) return probe::kExitDone;
  std::fprintf(stderr, "%s: %s\n", kProgram, complaint.c_str());
  return probe::kExitBadSound;
}

Result<int> stream(Machine& machine) {
  const Options& options = machine.options;
  PF_TRY(auto decoder, decode::open_libavcodec_decoder());
  const gamestream_client::LaunchKeys keys = gamestream_client::draw_keys(machine.rng);
  const LocalTime launched_at = machine.clock.now();
  PF_TRY(SessionUrl url, start(machine, keys));
  Report report;
  report.host = options.host;
  report.mode = options.wish.mode;
  report.encrypted_rtsp = url.encrypted;
  Sound sound(options.sound, options.wish.audio_packet_ms);
  StreamLink::Params params{.host = machine.host,
                            .url = std::move(url),
                            .wish = options.wish,
                            .keys = keys,
                            .agreed = [&sound](const auto& grant) { sound.begin(grant); },
                            .hear = [&sound](const auto& packet) { sound.hear(packet); }};
  PF_TRY(auto link, StreamLink::open(std::move(params), machine.clock));
  Watch watch(options, *link, *decoder, machine.clock, launched_at, report);
  watch.run();
  link->close();
  report.grant = link->grant();
  report.figures = link->figures();
  report.ending = link->ending();
  report.sound = sound.finish(report.figures.audio);
  show(report, options);
  PF_TRY(const int exit_code, judge(report, watch.trouble()));
  if (options.quit_afterwards) {
    PF_TRY_VOID(machine.nvhttp.cancel());
  }
  return exit_code;
}

Result<int> run(const Options& options) {
  PF_TRY(const Endpoint host, probe::resolve_host(options.host));
  PF_TRY(KnownHosts known, KnownHosts::open(options.state));
  PF_TRY(std::string certificate, known.certificate_of(options.host));
  const crypto::Identity identity = known.identity();
  SystemRng rng;
  const SystemClock clock;
  Machine machine{options, clock,
                  rng,     std::move(known),
                  host,    NvhttpClient(host, identity, std::move(certificate), clock, rng)};
  const auto done = [](const Result<void>& result) -> Result<int> {
    if (!result) return tl::unexpected(result.error());
    return probe::kExitDone;
  };
  switch (options.action) {
    case Action::info:
      return done(show_info(machine));
    case Action::pair:
      return done(pair(machine));
    case Action::list:
      return done(list(machine));
    case Action::art:
      return done(fetch_art(machine));
    case Action::quit:
      return done(quit(machine));
    case Action::stream:
      return stream(machine);
  }
  return probe::kExitFailed;
}

}  // namespace

int run_command(int argc, char** argv) {
  int exit_code = probe::kExitDone;
  const auto options = parse_options(argc, argv, exit_code);
  if (!options) return exit_code;
  // OpenSSL writes into connections that the host may have closed.
  std::signal(SIGPIPE, SIG_IGN);
  const auto outcome = run(*options);
  if (outcome) return *outcome;
  std::fprintf(stderr, "%s: %s\n", kProgram, outcome.error().what.c_str());
  return exit_code_of(outcome.error());
}

}  // namespace pf::gamestream_probe
