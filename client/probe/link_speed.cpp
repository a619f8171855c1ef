#include "client/probe/link_speed.h"

#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "client/probe/introduction.h"
#include "client/probe/resolve.h"
#include "client/probe/show.h"
#include "core/base/hex.h"
#include "core/endpoint/client_endpoint.h"
#include "core/runtime/system_clock.h"

namespace pf::probe {
namespace {

constexpr Nanos kFirstFramePatience = seconds(10);

SpeedOutcome no_speed(int exit_code, std::string sentence) {
  return {.exit_code = exit_code, .sentence = std::move(sentence), .report = {}};
}

std::string sentence_of(control::SpeedTested::Outcome outcome) {
  using Outcome = control::SpeedTested::Outcome;
  switch (outcome) {
    case Outcome::measured:
      return "";
    case Outcome::declined:
      return "the host does not test the speed";
    case Outcome::unanswered:
      return "the host did not answer: it tests once in ten seconds, so try again later";
    case Outcome::too_little:
      return "too little came from the host to say anything: is its UDP media port open?";
  }
  return "";
}

}  // namespace

SpeedOutcome run_speed_test(const Options& options) {
  const auto address = resolve_host(options.host);
  if (!address) {
    return no_speed(address.error().kind == ErrorKind::malformed ? kExitUsage : kExitUnreachable,
                    address.error().what);
  }
  const SystemClock clock;
  SystemRng rng;
  auto introduction = introduce(options, *address, clock, rng);
  if (!introduction) {
    return no_speed(introduction.error().exit_code, std::move(introduction.error().sentence));
  }
  auto connected = endpoint::ClientEndpoint::connect({.host = *address,
                                                      .hello = hello_for(options),
                                                      .fingerprint = introduction->pin,
                                                      .identity = std::move(introduction->identity),
                                                      .patience = options.patience},
                                                     clock, rng);
  if (!connected)
    return no_speed(exit_code_of(connected.error().cause), connected.error().sentence);
  endpoint::ClientEndpoint& client = **connected;

  SpeedOutcome outcome;
  SpeedReport& report = outcome.report;
  report.host = options.host;
  report.fingerprint = to_hex(client.host_fingerprint());
  report.target_kbps = options.speed_test_kbps;
  const auto fail_with = [&](const endpoint::Ending& ending) {
    outcome.exit_code = exit_code_of(ending.cause);
    outcome.sentence = ending.sentence;
    return outcome;
  };
  // The way is known to be open once a picture has come.
  if (const auto unit = client.next_access_unit(kFirstFramePatience); !unit)
    return fail_with(unit.error());
  const auto tested =
      client.test_speed({.target_kbps = options.speed_test_kbps,
                         .length = std::chrono::duration_cast<Nanos>(
                             std::chrono::duration<double>(options.speed_test_seconds))});
  if (!tested) return fail_with(tested.error());
  client.close(message::CloseCode::quit);
  report.tested = *tested;
  outcome.sentence = sentence_of(tested->outcome);
  if (!outcome.sentence.empty()) {
    outcome.exit_code = kExitFailed;
    return outcome;
  }
  report.advised_kbps = control::advised_kbps(
      tested->verdict.link_kbps, client.welcome().shard_bytes, client.welcome().fec.percent);
  return outcome;
}

std::string to_json(const SpeedReport& report) {
  const auto& verdict = report.tested.verdict;
  const auto& sent = report.tested.sent;
  return nlohmann::ordered_json{{"host", report.host},
                                {"fingerprint", report.fingerprint},
                                {"target_kbps", report.target_kbps},
                                {"link_kbps", verdict.link_kbps},
                                {"link_was_full", verdict.link_was_full},
                                {"loss_ppm", verdict.loss_ppm},
                                {"advised_kbps", report.advised_kbps},
                                {"sent",
                                 {{"bytes", sent.bytes_sent},
                                  {"packets", sent.wire_packets_sent},
                                  {"dropped", sent.send_dropped},
                                  {"duration_ms", sent.duration_ms}}}}
             .dump() +
         "\n";
}

std::string to_table(const SpeedReport& report) {
  const auto& verdict = report.tested.verdict;
  std::string table = fmt::format("the way from {}\n", report.host);
  table += fmt::format("  rate      {}{:.1f} Mbit/s\n", verdict.link_was_full ? "" : "at least ",
                       verdict.link_kbps / 1000.0);
  table += fmt::format("  loss      {:.2f} %{}\n", verdict.loss_ppm / 1e4,
                       verdict.link_was_full ? ", while it was full" : "");
  table += fmt::format("  advice    --bitrate {}, or none: then the client adapts to the way\n",
                       report.advised_kbps);
  return table;
}

int show_speed(const char* program, const Options& options, const SpeedOutcome& outcome,
               bool json_to_stdout) {
  int exit_code = outcome.exit_code;
  if (exit_code == kExitDone) {
    const std::string json = to_json(outcome.report);
    if (json_to_stdout) {
      std::fputs(json.c_str(), stdout);
    } else if (!options.quiet) {
      std::fputs(to_table(outcome.report).c_str(), stdout);
    }
    if (!options.json.empty() && !write_file(program, options.json, json)) exit_code = kExitFailed;
  }
  if (!outcome.sentence.empty())
    std::fprintf(stderr, "%s: %s\n", program, outcome.sentence.c_str());
  return exit_code;
}

}  // namespace pf::probe
